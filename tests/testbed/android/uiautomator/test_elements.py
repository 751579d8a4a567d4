import base64
import io

import pytest
from PIL import Image

from tests.testbed.android.uiautomator.toy_phone import PACKAGE, Client, diary, sign_in


def test_a_click_waits_for_the_apps_next_frame(client: Client) -> None:
    client.to_diary()

    assert client.phone.heard == [("click", "log_in")]
    assert client.texts("class name", "android.widget.TextView")[0] == "Diary"


def test_a_click_that_changes_nothing_waits_no_longer_than_the_setting_allows(client: Client) -> None:
    client.post("/appium/settings", settings={"waitForIdleTimeout": 0})

    client.post(f"/element/{client.find('id', 'stay')}/click")

    assert client.phone.heard == [("click", "stay")]


def test_a_click_goes_to_the_row_around_the_text(client: Client) -> None:
    client.to_diary()
    client.post(f"/element/{client.find('xpath', '//*[@text="Contact 3"]')}/click")

    assert client.phone.heard[-1] == ("click", "row 3")


def test_a_disabled_button_swallows_the_click(client: Client) -> None:
    off = client.find("id", "off")
    client.post(f"/element/{off}/click")

    assert client.phone.heard == []
    assert client.get(f"/element/{off}/attribute/enabled") == "false"


def test_a_click_on_a_field_gives_it_the_focus(client: Client) -> None:
    email = client.find("id", "email")
    client.post(f"/element/{email}/click")

    assert client.get(f"/element/{email}/attribute/focused") == "true"
    assert email in client.get("/element/active").values()
    assert client.phone.heard == []


def test_nothing_active_is_no_such_element(client: Client) -> None:
    assert client.error("GET", "/element/active")[:2] == (404, "no such element")


def test_keys_are_added_and_replaced_and_cleared(client: Client) -> None:
    email = client.find("id", "email")
    client.post(f"/element/{email}/value", text="ada")
    client.post(f"/element/{email}/value", text="@nordlys.test")
    added = client.get(f"/element/{email}/text")
    client.post(f"/element/{email}/value", text="bob", replace=True)
    replaced = client.get(f"/element/{email}/text")
    client.post(f"/element/{email}/clear")

    assert (added, replaced) == ("ada@nordlys.test", "bob")
    assert client.get(f"/element/{email}/text") == "E-mail"


def test_keys_without_an_element_go_to_the_focused_field(client: Client) -> None:
    client.post(f"/element/{client.find('id', 'email')}/click")
    client.post("/keys", text="cid")

    assert client.phone.heard == [("email", "cid")]


def test_a_view_that_is_no_field_takes_no_text(client: Client) -> None:
    status, error, message = client.error("POST", f"/element/{client.find('id', 'log_in')}/value", text="x")

    assert (status, error) == (400, "invalid element state")
    assert message == "Cannot set the element to 'x'. Did you interact with the correct element?"


def test_adding_to_a_password_adds_to_its_dots_as_the_real_server_does(client: Client) -> None:
    client.post("/appium/settings", settings={"waitForIdleTimeout": 0})
    password = client.find("id", "password")
    client.post(f"/element/{password}/value", text="ab")
    client.post(f"/element/{password}/value", text="c")

    assert client.phone.heard[-1] == ("password", "••c")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "Stay signed in"),
        ("className", "android.widget.Switch"),
        ("resource-id", f"{PACKAGE}:id/stay"),
        ("checkable", "true"),
        ("checked", "true"),
        ("displayed", "true"),
        ("package", PACKAGE),
        ("content-desc", None),
        ("isCollection", "false"),
    ],
)
def test_attributes_are_told_by_either_name(client: Client, name: str, value: str | None) -> None:
    assert client.get(f"/element/{client.find('id', 'stay')}/attribute/{name}") == value


def test_an_unknown_attribute_is_an_unknown_command(client: Client) -> None:
    status, error, message = client.error("GET", f"/element/{client.find('id', 'stay')}/attribute/colour")

    assert (status, error) == (404, "unknown command")
    assert message.startswith("'colour' attribute is unknown for the element")


def test_place_and_size_agree_with_the_bounds(client: Client) -> None:
    button = client.find("id", "log_in")
    rect, place, size = (client.get(f"/element/{button}/{what}") for what in ("rect", "location", "size"))

    bounds = f"[{rect['x']},{rect['y']}][{rect['x'] + rect['width']},{rect['y'] + rect['height']}]"
    assert client.get(f"/element/{button}/attribute/bounds") == bounds
    assert rect == {**place, **size}


def test_an_elements_screenshot_is_its_part_of_the_screen(client: Client) -> None:
    button = client.find("id", "log_in")
    rect = client.get(f"/element/{button}/rect")

    with Image.open(io.BytesIO(base64.b64decode(client.get(f"/element/{button}/screenshot")))) as image:
        assert image.size == (rect["width"], rect["height"])


def test_an_element_of_another_screen_is_stale(client: Client) -> None:
    title = client.find("xpath", "//*[@text='Sign in']")
    client.to_diary()

    status, error, message = client.error("GET", f"/element/{title}/text")
    assert (status, error) == (404, "stale element reference")
    assert message == "The element 'By.xpath: //*[@text='Sign in']' does not exist in DOM anymore"


def test_an_element_that_was_gone_once_stays_stale_and_is_found_anew(client: Client) -> None:
    old = client.find("id", "log_in")
    client.to_diary()
    client.phone.show("SignIn", sign_in())

    assert client.error("POST", f"/element/{old}/click")[1] == "stale element reference"
    assert client.find("id", "log_in") != old


def test_an_element_survives_a_new_frame_of_its_screen(client: Client) -> None:
    note = client.find("id", "note")
    client.phone.show("SignIn", sign_in(note="Wrong password"))

    assert client.get(f"/element/{note}/text") == "Wrong password"


def test_an_element_survives_another_app_in_front(client: Client) -> None:
    button = client.find("id", "log_in")
    client.phone.show("Browser", diary(), package="com.android.browser")
    hidden = client.error("GET", f"/element/{button}/text")[1]
    client.phone.show("SignIn", sign_in())

    assert hidden == "stale element reference"
    assert client.get(f"/element/{button}/text") == "Log in"


def test_a_row_that_is_scrolled_away_is_stale(client: Client) -> None:
    client.to_diary()
    first = client.find("xpath", "//*[@text='Contact 0']")
    area = {"left": 0, "top": 400, "width": 1080, "height": 1200}
    client.post("/appium/gestures/scroll", area=area, direction="down", percent=1)

    assert client.error("POST", f"/element/{first}/click")[1] == "stale element reference"


def test_an_element_that_never_was_is_no_such_element(client: Client) -> None:
    status, error, message = client.error("GET", "/element/00000000-0000-0001-ffff-000000000001/text")

    assert (status, error) == (404, "no such element")
    assert "is not present in the cache or has expired" in message


def test_extra_fields_come_with_the_element_when_asked_for(client: Client) -> None:
    wanted = {"shouldUseCompactResponses": False, "elementResponseAttributes": "text,enabled,rect,attribute/class"}
    client.post("/appium/settings", settings=wanted)
    model = client.post("/element", strategy="id", selector="log_in")

    assert (model["text"], model["enabled"], model["attribute/class"]) == ("Log in", "true", "android.widget.Button")
    assert model["rect"]["width"] > 0
