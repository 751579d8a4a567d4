"""The element types that XCTest knows, in their order (FBElementTypeTransformer.m)."""

from testbed.ios.wda.refusal import invalid
from testbed.ios.wda.snapshot import PREFIX

ANY = "Any"
TYPES = (
    *("Any", "Other", "Application", "Group", "Window", "Sheet", "Drawer", "Alert", "Dialog", "Button", "RadioButton"),
    *("RadioGroup", "CheckBox", "DisclosureTriangle", "PopUpButton", "ComboBox", "MenuButton", "ToolbarButton"),
    *("Popover", "Keyboard", "Key", "NavigationBar", "TabBar", "TabGroup", "Toolbar", "StatusBar", "Table", "TableRow"),
    *("TableColumn", "Outline", "OutlineRow", "Browser", "CollectionView", "Slider", "PageIndicator"),
    *("ProgressIndicator", "ActivityIndicator", "SegmentedControl", "Picker", "PickerWheel", "Switch", "Toggle"),
    *("Link", "Image", "Icon", "SearchField", "ScrollView", "ScrollBar", "StaticText", "TextField", "SecureTextField"),
    *("DatePicker", "TextView", "Menu", "MenuItem", "MenuBar", "MenuBarItem", "Map", "WebView", "IncrementArrow"),
    *("DecrementArrow", "Timeline", "RatingIndicator", "ValueIndicator", "SplitGroup", "Splitter"),
    *("RelevanceIndicator", "ColorWell", "HelpTag", "Matte", "DockItem", "Ruler", "RulerMarker", "Grid"),
    *("LevelIndicator", "Cell", "LayoutArea", "LayoutItem", "Handle", "Stepper", "Tab", "TouchBar", "StatusItem"),
)
_KNOWN = frozenset(TYPES)


def element_type(name: str) -> str:
    """The short name of a type; one that XCTest may learn some day counts as Other.

    :raises Refusal: invalid argument, for a name without the prefix.
    """
    short = name.removeprefix(PREFIX)
    if name.startswith(PREFIX) and short:
        return short if short in _KNOWN else "Other"
    raise invalid(f"Invalid argument for class used '{name}'. Did you mean {PREFIX}{name}?")
