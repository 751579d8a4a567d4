"""Finders, each strategy with what it finds and what it refuses."""

import pytest

from tests.testbed.ios.iphone_rig import ELEMENT, IPhone, Wda

BUTTONS = ["list", "sign_in", "camera", "keep", "face", "crash", "off"]


@pytest.mark.parametrize(
    ("using", "value", "names"),
    [
        ("accessibility id", "email", ["email"]),
        ("id", "Mobile CRM", ["Mobile CRM"]),
        ("name", "list", ["list"]),
        ("class name", "XCUIElementTypeButton", BUTTONS),
        ("class name", "XCUIElementTypeSecureTextField", ["password"]),
        ("link text", "label=Sign in", ["sign_in"]),
        ("partial link text", "label=the", ["list"]),
        ("predicate string", "type == 'XCUIElementTypeButton' AND enabled == 0", ["off"]),
        ("predicate string", "label BEGINSWITH[c] 'sign' OR name LIKE 'cam*'", ["sign_in", "camera"]),
        ("predicate string", "name IN {'email', 'stay'} && NOT (value == '1')", ["email"]),
        ("predicate string", "rect.width >= 300 AND wdType ENDSWITH 'Switch'", ["stay"]),
        ("predicate string", 'label MATCHES "Show .+" AND visible == TRUE', ["list"]),
        ("class chain", "**/XCUIElementTypeButton[2]", ["sign_in"]),
        ("class chain", "**/XCUIElementTypeButton[-1]", ["off"]),
        ("class chain", "**/XCUIElementTypeButton[`label CONTAINS 'e'`][2]", ["camera"]),
        ("class chain", "*/*[$name == 'email'$]/XCUIElementTypeTextField", ["email"]),
        ("xpath", "//XCUIElementTypeButton[@name='crash']", ["crash"]),
        ("xpath", "//*[matches(@label, '^Keep') and @visible='true']", ["keep"]),
        ("xpath", "//XCUIElementTypeSwitch[@value='1']/preceding-sibling::*[1]", ["off"]),
    ],
)
def test_a_strategy_finds_what_webdriveragent_finds(form: Wda, using: str, value: str, names: list[str]) -> None:
    assert form.found(value, using) == names


@pytest.mark.parametrize(
    ("using", "value", "refusal"),
    [
        ("accessibility id", "nothing", (404, "no such element")),
        ("predicate string", "label ==", (500, "unknown error")),
        ("predicate string", "colour == 'red'", (500, "unknown error")),
        ("class chain", "XCUIElementTypeButton[0]", (400, "invalid selector")),
        ("class chain", "**/XCUIElementTypeButton[`label == 'x'", (400, "invalid selector")),
        ("class chain", "//XCUIElementTypeButton", (400, "invalid selector")),
        ("class name", "Button", (400, "invalid argument")),
        ("xpath", "//*[", (400, "invalid selector")),
        ("xpath", "//@name", (500, "unknown error")),
        ("colour", "red", (400, "invalid argument")),
    ],
)
def test_what_is_no_selector_or_finds_nothing_is_refused_in_webdriveragents_words(
    form: Wda, using: str, value: str, refusal: tuple[int, str]
) -> None:
    status, error, message = form.refused("POST", "/element", using=using, value=value)

    assert ((status, error), bool(message)) == (refusal, True)


def test_a_search_can_begin_at_an_element(wda: Wda) -> None:
    wda.click("list")
    rows = wda.find("rows")

    cells = wda.post(f"/element/{rows}/elements", using="class name", value="XCUIElementTypeCell")
    outside = wda.post(f"/element/{rows}/elements", using="accessibility id", value="form")

    assert (len(cells), outside) == (60, [])


def test_an_element_is_the_same_as_long_as_the_app_shows_it(wda: Wda) -> None:
    first, again = wda.find("email"), wda.find("email")

    assert first == again


def test_an_element_that_is_gone_is_stale(wda: Wda) -> None:
    email = wda.find("email")
    wda.click("list")
    wda.waits_for("rows")

    refusals = [
        wda.refused("POST", f"/element/{email}/click")[:2],
        wda.refused("GET", f"/element/{email}/text")[:2],
        wda.refused("GET", "/element/00000000-0000-0000-0000-000000000000/text")[:2],
    ]

    assert refusals == [(404, "stale element reference")] * 3


def test_the_source_comes_in_three_forms(wda: Wda) -> None:
    xml, json = wda.get("/source?format=xml&scope=AppiumAUT"), wda.get("/source?format=json")
    described = wda.get("/source?format=description")

    assert '<XCUIElementTypeSwitch type="XCUIElementTypeSwitch" value="1" name="stay" label="Stay"' in xml
    assert (json["type"], json["children"][0]["children"][0]["children"][0]["label"]) == ("Application", "Toy")
    assert "Button, {{14, " in described
    assert wda.refused("GET", "/source?format=yaml")[:2] == (400, "invalid argument")


def test_excluded_attributes_are_left_out_of_the_source(wda: Wda) -> None:
    xml = wda.get("/source?format=xml&excluded_attributes=visible,traits")

    assert ("visible=" in xml, "traits=" in xml, "enabled=" in xml) == (False, False, True)


def test_answers_hold_more_where_they_are_asked_to(wda: Wda) -> None:
    wda.post(
        "/appium/settings", settings={"shouldUseCompactResponses": False, "elementResponseAttributes": "type,text,rect"}
    )

    told = wda.post("/element", using="accessibility id", value="list")

    assert (told["type"], told["text"], told["rect"]["x"]) == ("XCUIElementTypeButton", "Show the list", 14)
    assert told[ELEMENT] == told["ELEMENT"]


def test_an_unknown_route_is_webdriveragents_unknown_command_and_noted(wda: Wda, phone: IPhone) -> None:
    refusal = wda.refused("POST", "/wda/teleport")

    assert refusal[:2] == (404, "unknown command")
    assert "Unhandled endpoint" in refusal[2]
    assert any("/wda/teleport" in what for what in phone.unmodelled())
