"""A virtual Android phone: one process that speaks adb's and the console's protocols from the phone's side.

Strict: what it does not model gets the error a real phone gives and one line in `unmodelled.log`.
"""
