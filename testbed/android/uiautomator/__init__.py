"""The UiAutomator2 server of a virtual phone, from the driver's side indistinguishable from the real one.

Written after appium-uiautomator2-server 10.6 (its Java sources name every error and default) and the driver 8.7.0,
which is its judge.
"""

from testbed.android.uiautomator.phone import Battery, DeviceInfo, Shown, Touchable
from testbed.android.uiautomator.server import server

__all__ = ["Battery", "DeviceInfo", "Shown", "Touchable", "server"]
