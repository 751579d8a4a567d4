"""What is on a phone's screen: the app's view tree laid out, hit-tested and drawn; no platform is known here."""

from testbed.screen.display import Display
from testbed.screen.layout import Box, Placed, layout
from testbed.screen.paint import render
from testbed.screen.rect import Rect
from testbed.screen.view import Kind, View, ViewError

__all__ = ["Box", "Display", "Kind", "Placed", "Rect", "View", "ViewError", "layout", "render"]
