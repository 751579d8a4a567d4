"""WebDriverAgent of a virtual iPhone, from the driver's side indistinguishable from the real one.

Written after WebDriverAgent 16.12.9 as appium-xcuitest-driver 12.13.1 carries it (its Objective-C sources name every
route, error and default); the driver is its judge.
"""

from testbed.ios.wda.phone import AppState, Scene, Touchable
from testbed.ios.wda.server import server

__all__ = ["AppState", "Scene", "Touchable", "server"]
