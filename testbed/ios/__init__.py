"""A virtual iPhone: what a host sees of iOS over usbmux and of WebDriverAgent over HTTP, and app processes behind it.

`python -m testbed.ios.usbmuxd` is the host's daemon, one for all phones; `python -m testbed.ios` is one phone.
"""
