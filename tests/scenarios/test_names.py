"""The names that a configuration may hold are those that scenarios use."""

from inspect import getmembers, isclass

import pytest

from drivers.controls import BACK, Control, Where
from drivers.elements import Element
from scenarios import screens
from scenarios.names import NAMES, Name, is_named
from scenarios.recognition import likely, named

NEXT = next(name for name in NAMES if name.control.id == "next")
EMAIL = next(name for name in NAMES if name.control.id == "email")
LOG_IN = next(name for name in NAMES if name.control.id == "log_in")


def element(kind: str = "Button", *, id: str = "", name: str = "", text: str = "") -> Element:  # noqa: A002 -- as it is called
    return Element(kind, id, name, text, "", kind == "EditText", False, kind == "Button", "/x", 1)  # noqa: FBT003 -- a record


def test_all_controls_of_all_screens_have_a_name_but_the_browsers_own() -> None:
    groups = [one for _, one in getmembers(screens, isclass) if one.__module__ == screens.__name__]
    used = {held for group in groups for held in vars(group).values() if isinstance(held, Control)}

    assert {name.control for name in NAMES} == {one for one in used if one.where is not Where.BROWSER} | {BACK}
    assert len({name.control.id for name in NAMES}) == len(NAMES)


def test_the_page_that_asks_for_a_customer_has_a_name_for_each() -> None:
    assert [is_named(one) for one in ("tenant_Cust12345", "tenant_", "tenants", "log_in")] == [True, False, False, True]


def test_what_has_the_identifier_is_the_control_on_both_platforms() -> None:
    assert named(element(id="com.example:id/next")) == NEXT
    assert named(element(name="next")) == NEXT
    assert named(element(text="next")) is None


@pytest.mark.parametrize(
    ("name", "one"),
    [
        (LOG_IN, element(id="com.example:id/btnSignIn")),
        (LOG_IN, element(text="Log in now")),
        (EMAIL, element("EditText", text="Your e-mail address")),
        (EMAIL, element("EditText", id="user_email")),
        (NEXT, element(name="Continue")),
    ],
)
def test_a_control_of_another_name_is_recognised_by_what_it_says(name: Name, one: Element) -> None:
    assert likely(name, [element(text="About this app"), one, element("TextView", text=one.text)]) == one


@pytest.mark.parametrize(
    "shown",
    [
        [element(text="Need help to log in?")],
        [element("TextView", text="Log in")],
        [element("EditText", text="Log in")],
        [element(text="Log in", id="a"), element(text="Log in", id="b")],
        [],
    ],
)
def test_nothing_is_guessed_of_help_other_sorts_or_two_that_say_the_same(shown: list[Element]) -> None:
    assert likely(LOG_IN, shown) is None
