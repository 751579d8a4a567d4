"""pocket: the reference Mobile CRM app, with the documented behaviour of the real one and no more.

It is packed into an app file and runs inside it; it imports nothing of the testbed and reaches the phone through
`handset` alone.
"""
