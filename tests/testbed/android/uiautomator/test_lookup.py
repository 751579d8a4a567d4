import pytest
from lxml import etree

from tests.testbed.android.uiautomator.toy_phone import PACKAGE, Client

UIAUTOMATOR = "-android uiautomator"


def test_the_source_names_elements_by_class_and_gives_their_attributes(client: Client) -> None:
    source = etree.fromstring(client.get("/source").encode())

    button = source.find(f".//android.widget.Button[@resource-id='{PACKAGE}:id/log_in']")
    assert (source.tag, source.get("width"), source.get("rotation")) == ("hierarchy", "1080", "0")
    assert button is not None
    assert (
        dict(button.attrib).items()
        >= {
            "package": PACKAGE,
            "class": "android.widget.Button",
            "text": "Log in",
            "clickable": "true",
            "enabled": "true",
            "focusable": "true",
            "password": "false",
            "displayed": "true",
        }.items()
    )
    assert button.get("content-desc") is None


def test_a_password_is_dots_in_the_source(client: Client) -> None:
    client.post(f"/element/{client.find('id', 'password')}/value", text="secret")

    assert "secret" not in client.get("/source")
    assert client.get(f"/element/{client.find('id', 'password')}/text") == "••••••"


def test_an_empty_field_gives_its_hint_as_text(client: Client) -> None:
    email = client.find("id", "email")

    assert client.get(f"/element/{email}/text") == "E-mail"
    assert client.get(f"/element/{email}/attribute/hint") == "E-mail"


@pytest.mark.parametrize(
    ("strategy", "selector"),
    [
        ("id", "log_in"),
        ("id", f"{PACKAGE}:id/log_in"),
        ("class name", "android.widget.Button"),
        ("xpath", "//android.widget.Button[@text='Log in']"),
        ("xpath", "//*[contains(@text, 'Log') and @clickable='true']"),
        ("xpath", "//*[matches(@text, '^Log.*')]"),
        ("xpath", "//android.widget.EditText[2]/following-sibling::android.widget.Button[1]"),
        (UIAUTOMATOR, 'new UiSelector().text("Log in")'),
        (UIAUTOMATOR, 'text("Log in")'),
        (UIAUTOMATOR, 'new UiSelector().textContains("log").clickable(true);'),
        (UIAUTOMATOR, 'new UiSelector().textMatches("(?i)log\\s.*")'),
        (UIAUTOMATOR, f'new UiSelector().resourceId("{PACKAGE}:id/log_in")'),
        (UIAUTOMATOR, 'new UiSelector().resourceIdMatches(".*:id/log_\\Qin\\E")'),
        (UIAUTOMATOR, 'new UiSelector().className("android.widget.Button").instance(0)'),
        (UIAUTOMATOR, 'new UiSelector().className("android.widget.LinearLayout").childSelector(textStartsWith("log"))'),
        (
            UIAUTOMATOR,
            'new UiSelector().text("Not now").fromParent(new UiSelector().clickable(true).textContains("log"))',
        ),
    ],
)
def test_each_strategy_finds_the_button(client: Client, strategy: str, selector: str) -> None:
    assert client.get(f"/element/{client.find(strategy, selector)}/text") == "Log in"


def test_the_accessibility_id_is_the_description(client: Client) -> None:
    assert client.find("accessibility id", "Your password") == client.find("id", "password")


def test_an_id_is_completed_with_the_sessions_package_unless_that_is_switched_off(client: Client) -> None:
    client.post("/appium/settings", settings={"disableIdLocatorAutocompletion": True})

    assert client.error("POST", "/element", strategy="id", selector="log_in")[:2] == (404, "no such element")


def test_web_nodes_have_their_html_id_alone(client: Client) -> None:
    page = {"key": "page", "kind": "column", "children": [{"key": "f", "kind": "field", "id": "email", "web": True}]}
    bar = {"key": "bar", "kind": "browser_bar", "id": "url_bar", "text": "id.superoffice.test"}
    client.phone.show("Browser", {"key": "root", "kind": "column", "children": [bar, page]}, "com.android.browser")

    assert client.texts("xpath", "//android.webkit.WebView/android.widget.EditText[@resource-id='email']") == [""]
    assert client.texts("id", "com.android.browser:id/url_bar") == ["id.superoffice.test"]


@pytest.mark.parametrize(
    ("strategy", "selector", "complaint"),
    [
        ("link text", "Log in", "Selector strategy 'link text' is not supported"),
        ("xpath", "//*[", "Invalid"),
        (UIAUTOMATOR, "", "Tried to parse an empty string"),
        (UIAUTOMATOR, 'new UiSelector().colour("red")', "UiSelector has no `colour` method"),
        (UIAUTOMATOR, "new UiSelector().text(Log in)", "Log in is not a string"),
        (UIAUTOMATOR, "new UiSelector().clickable(maybe)", "maybe is not a boolean"),
        (UIAUTOMATOR, 'new UiSelector().instance("1")', '"1" is not a integer'),
        (UIAUTOMATOR, 'new UiSelector().text("a"', "Unclosed paren"),
        (UIAUTOMATOR, 'new UiSelector()text("a")', 'Expected "."'),
        (UIAUTOMATOR, 'new UiSelector().text("a", "b")', "Invalid arguments count. Actual: 2. Expected: 1."),
        (UIAUTOMATOR, "new UiScrollable().scrollForward()", "UiScrollable has no suitable constructor"),
    ],
)
def test_a_selector_that_is_none_is_refused(client: Client, strategy: str, selector: str, complaint: str) -> None:
    status, error, message = client.error("POST", "/element", strategy=strategy, selector=selector)

    assert (status, error) == (400, "invalid selector")
    assert complaint in message


def test_an_xpath_function_that_is_not_there_is_refused_and_reported(client: Client) -> None:
    assert client.error("POST", "/element", strategy="xpath", selector="//*[tokenize(@text)]")[:2] == (
        400,
        "invalid selector",
    )
    assert client.unmodelled == [("xpath", "//*[tokenize(@text)]")]


def test_nothing_found_is_an_error_for_one_and_an_empty_list_for_many(client: Client) -> None:
    assert client.error("POST", "/element", strategy="id", selector="gone")[:2] == (404, "no such element")
    assert client.find_all("id", "gone") == []
    assert client.find_all("xpath", "count(//*)") == []


def test_a_context_limits_the_search(client: Client) -> None:
    client.to_diary()
    second = client.find_all("id", "row")[1]

    for strategy, selector in (("id", "name"), ("xpath", ".//*[@text]"), (UIAUTOMATOR, 'textStartsWith("Contact")')):
        found = [client.get(f"/element/{each}/text") for each in client.find_all(strategy, selector, second)]
        assert [text for text in found if text] == ["Contact 1"]


def test_only_what_is_in_sight_is_found(client: Client) -> None:
    client.to_diary()

    shown = client.texts("id", "name")
    assert shown[:2] == ["Contact 0", "Contact 1"]
    assert 5 < len(shown) < 30
    assert (
        client.error("POST", "/element", strategy="xpath", selector="//*[@text='Contact 70']")[1] == "no such element"
    )


def test_a_scrollable_brings_a_row_into_sight(client: Client) -> None:
    client.to_diary()
    selector = 'new UiScrollable(new UiSelector().scrollable(true)).scrollIntoView(new UiSelector().text("Contact 70"))'

    row = client.find(UIAUTOMATOR, selector)

    assert client.get(f"/element/{row}/text") == "Contact 70"
    assert "Contact 0" not in client.texts("id", "name")


def test_a_scrollable_that_does_not_find_it_says_so(client: Client) -> None:
    client.to_diary()
    selector = 'new UiScrollable(new UiSelector().scrollable(true)).scrollTextIntoView("Nobody")'

    assert client.error("POST", "/element", strategy=UIAUTOMATOR, selector=selector)[1] == "no such element"


def test_scrolling_without_a_list_finds_no_container(client: Client) -> None:
    selector = 'new UiScrollable(new UiSelector().scrollable(true)).scrollTextIntoView("Nobody")'

    assert client.error("POST", "/element", strategy=UIAUTOMATOR, selector=selector)[1] == "no such element"


def test_an_instance_counts_matches_in_document_order(client: Client) -> None:
    client.to_diary()

    selector = f'new UiSelector().resourceId("{PACKAGE}:id/name")'
    assert client.texts(UIAUTOMATOR, f"{selector}.instance(2)") == ["Contact 2"]
    assert client.texts(UIAUTOMATOR, selector)[:3] == ["Contact 0", "Contact 1", "Contact 2"]


def test_the_same_node_keeps_its_id(client: Client) -> None:
    assert client.find("id", "log_in") == client.find("xpath", "//*[@text='Log in']")
