"""The process side of an app on a virtual phone: what Android's runtime and framework are to a real app.

A phone starts `python -m testbed.runtime` for each app. The process gets its network, clock, trust store and screen
from the phone alone, runs the code inside the installed app file, and dies with the phone.
"""
