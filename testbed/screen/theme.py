"""Sizes in pixels of a 420 dpi screen (2.625 px a dp) and colours; one place for the look of all apps."""

DPI = 420
STATUS_BAR = 63  # 24 dp: status_bar_height of a phone without a cutout
HEADER = 147  # 56 dp
CONTROL = 126  # 48 dp: the smallest touch target
FIELD = 147
IMAGE = 525
MARGIN = 42
GAP = 21
ROW_GAP = 12
ITEM_PADDING = 26

TITLE_TEXT = 53
TEXT = 42
SMALL_TEXT = 37
TINY_TEXT = 30
STATUS_TEXT = 34
LINE = 1.3  # line height as a multiple of the text size

PAPER = "#f7f8f9"
CARD = "#ffffff"
INK = "#1d2326"
FAINT = "#6b757b"
RULE = "#dfe3e6"
PRIMARY = "#0b6e75"
PRIMARY_DARK = "#084f54"
DISABLED = "#b9c2c6"
ON_PRIMARY = "#ffffff"
FOCUS = "#e07a1f"
PLACEHOLDER = "#cfd8dc"
