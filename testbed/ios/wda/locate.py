"""The lookup strategies: FBFindElementCommands.m and XCUIElement+FBFind.m."""

from testbed.ios.wda import attributes, class_chain
from testbed.ios.wda.comparison import COMPARISONS, Options
from testbed.ios.wda.element_types import ANY, element_type
from testbed.ios.wda.predicate import parse
from testbed.ios.wda.refusal import invalid
from testbed.ios.wda.session import View
from testbed.ios.wda.snapshot import Snapshot
from testbed.ios.wda.source import by_xpath

BY_NAME = frozenset({"name", "id", "accessibility id"})
LINKS = {"link text": "==", "partial link text": "CONTAINS"}


def find(using: str, value: str, root: Snapshot, view: View, *, limited: bool) -> list[Snapshot]:
    """All matches in the tree under `root`, itself included where the real lookup does so.

    `limited` is the setting limitXPathContextScope: XPath sees the subtree only.

    :raises Refusal: for a selector that is none, with the error that WebDriverAgent gives.
    """
    if using in BY_NAME:
        return [one for one in root.walk() if attributes.name(one) == value]
    if using == "class name":
        wanted = element_type(value)
        return [one for one in root.walk() if wanted in (ANY, one.type)]
    if using == "predicate string":
        predicate = parse(value)
        return [one for one in root.walk() if predicate(view.reader, one)]
    if using == "class chain":
        return class_chain.matches(class_chain.chain(value), root, view.reader)
    if using == "xpath":
        return by_xpath(value, root if limited else view.root, view.reader)
    if using in LINKS:
        return _by_property(using, value, root, view)
    raise invalid(f"Invalid locator requested: {using}")


def _by_property(using: str, value: str, root: Snapshot, view: View) -> list[Snapshot]:
    """`label=Log in`, or the value of `name` alone."""
    name, sign, wanted = value.rpartition("=")
    holds = COMPARISONS[LINKS[using]]
    name = name if sign else "name"
    return [one for one in root.walk() if holds(view.reader.read(name, one), wanted, Options())]
