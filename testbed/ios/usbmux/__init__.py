"""The host's daemon between clients and phones, as libimobiledevice's usbmuxd and Apple's."""
