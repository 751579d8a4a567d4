"""Elements, keys, gestures, alerts: what is done reaches what lies on the glass."""

import base64
import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from tests.testbed.ios.iphone_rig import BUNDLE, ELEMENT, IPhone, Wda, until


def middle(rect: dict[str, float]) -> dict[str, float]:
    return {"x": rect["x"] + rect["width"] / 2, "y": rect["y"] + rect["height"] / 2}


def test_attributes_are_those_of_the_real_server(wda: Wda) -> None:
    email, off, stay = (wda.find(name) for name in ("email", "off", "stay"))
    read = {
        "placeholder": wda.get(f"/element/{email}/attribute/placeholderValue"),
        "value without text": wda.get(f"/element/{email}/attribute/value"),
        "label": wda.get(f"/element/{off}/attribute/label"),
        "enabled": wda.get(f"/element/{off}/enabled"),
        "traits": wda.get(f"/element/{off}/attribute/traits"),
        "switch": wda.get(f"/element/{stay}/attribute/wdValue"),
        "type": wda.get(f"/element/{stay}/name"),
        "hittable": wda.get(f"/element/{stay}/attribute/hittable"),
        "displayed": wda.get(f"/element/{stay}/displayed"),
    }

    assert read == {
        "placeholder": "E-mail",
        "value without text": "E-mail",
        "label": "Not now",
        "enabled": False,
        "traits": "Button, NotEnabled",
        "switch": "1",
        "type": "XCUIElementTypeSwitch",
        "hittable": True,
        "displayed": True,
    }
    assert wda.refused("GET", f"/element/{stay}/attribute/colour")[:2] == (500, "unknown error")


def test_keys_go_to_the_field_that_has_the_keyboard(wda: Wda) -> None:
    email, password = wda.find("email"), wda.find("password")

    wda.post(f"/element/{email}/value", value=["a", "d", "a"])
    wda.post("/wda/keys", value=["@", "x"])
    wda.post(f"/element/{password}/value", text="secret")

    active = wda.get("/element/active")[ELEMENT]
    assert (wda.text("email"), wda.text("password"), wda.text("secret")) == ("ada@x", "••••••", "secret")
    assert active == password


def test_clearing_and_backspace_take_letters_away(wda: Wda) -> None:
    email = wda.find("email")
    wda.post(f"/element/{email}/value", text="adam\b")
    typed = wda.text("email")

    wda.post(f"/element/{email}/clear")

    assert (typed, wda.text("email")) == ("ada", "E-mail")


def test_without_a_keyboard_keys_are_refused(wda: Wda) -> None:
    assert wda.refused("POST", "/wda/keys", value=["a"])[:2] == (400, "invalid element state")


def test_a_keyboard_is_there_while_a_field_has_the_focus_and_its_keys_type(wda: Wda) -> None:
    before = wda.found("XCUIElementTypeKeyboard", "class name")
    wda.click("email")

    wda.click("q")
    wda.click("delete")
    wda.click("w")

    assert (before, wda.text("email")) == ([], "w")
    assert wda.refused("POST", "/wda/keyboard/dismiss")[:2] == (400, "invalid element state")


def test_a_disabled_button_swallows_the_touch(wda: Wda) -> None:
    wda.click("off")

    assert wda.text("note") == ""


@pytest.mark.parametrize(
    "how",
    [
        lambda wda, at: wda.post("/wda/tap", **at),
        lambda wda, at: wda.post("/wda/touchAndHold", duration=0.05, **at),
        lambda wda, at: wda.post(
            "/wda/dragfromtoforduration", fromX=at["x"], fromY=at["y"], toX=at["x"] + 2, toY=at["y"], duration=0
        ),
        lambda wda, at: wda.post(
            "/actions",
            actions=[
                {
                    "type": "pointer",
                    "id": "finger",
                    "actions": [
                        {"type": "pointerMove", **at},
                        {"type": "pointerDown"},
                        {"type": "pause", "duration": 10},
                        {"type": "pointerUp"},
                    ],
                }
            ],
        ),
    ],
    ids=["tap", "hold", "drag within the slop", "actions"],
)
def test_a_touch_goes_to_what_lies_under_it(wda: Wda, how: Callable[[Wda, dict[str, float]], object]) -> None:
    at = middle(wda.rect("list"))

    how(wda, at)

    wda.waits_for("rows")
    assert wda.found("rows", "accessibility id") == ["rows"]


def test_a_swipe_scrolls_the_list_and_hidden_rows_are_not_visible(wda: Wda) -> None:
    wda.click("list")
    last = wda.find("row 59")
    before = wda.get(f"/element/{last}/displayed")

    wda.post("/wda/swipe", direction="up")
    moved = wda.get(f"/element/{wda.find('row 0')}/displayed")
    wda.post(f"/wda/element/{last}/scrollTo")

    assert (before, moved, wda.get(f"/element/{last}/displayed")) == (False, False, True)
    wda.post(f"/element/{last}/click")
    assert wda.text("note") == "row 59"


def test_scrolling_to_a_name_and_by_direction(wda: Wda) -> None:
    wda.click("list")

    wda.post("/wda/scroll", name="row 40")
    seen = wda.get(f"/element/{wda.find('row 40')}/displayed")
    for _ in range(6):
        wda.post(f"/wda/element/{wda.find('rows')}/scroll", direction="up")

    assert (seen, wda.get(f"/element/{wda.find('row 0')}/displayed")) == (True, True)
    assert wda.refused("POST", "/wda/scroll", name="row 99")[:2] == (404, "no such element")
    assert wda.refused("POST", "/wda/swipe", direction="inwards")[:2] == (400, "invalid argument")


def test_a_button_follows_the_first_of_two_fingers_and_a_row_waits_for_one(wda: Wda) -> None:
    wda.post(f"/wda/element/{wda.find('list')}/twoFingerTap")
    wda.waits_for("row 3")
    row = wda.find("row 3")

    wda.post(f"/wda/element/{row}/tapWithNumberOfTaps", numberOfTaps=1, numberOfTouches=2)
    ignored = wda.found("row 3", "accessibility id")
    wda.post(f"/wda/element/{row}/tapWithNumberOfTaps", numberOfTaps=1, numberOfTouches=1)

    assert ignored == ["row 3"]
    assert wda.text("note") == "row 3"


def test_pinching_and_turning_are_fingers_that_no_app_here_listens_to(wda: Wda, phone: IPhone) -> None:
    before, known = wda.get("/source"), len(phone.unmodelled())

    wda.post("/wda/pinch", scale=2, velocity=1)
    wda.post(f"/wda/element/{wda.find('list')}/pinch", scale=0.5, velocity=-1)
    wda.post("/wda/rotate", rotation=1.5, velocity=1)

    assert wda.get("/source") == before
    assert len(phone.unmodelled()) == known
    assert wda.refused("POST", "/wda/forceTouch", pressure=1, duration=1)[:2] == (400, "invalid element state")


def finger(name: str, *points: tuple[float, float], wait: float = 0) -> dict[str, Any]:
    (x, y), *rest = points
    moves = [{"type": "pointerMove", "x": x, "y": y, "duration": 100} for x, y in rest]
    down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
    pause, first = {"type": "pause", "duration": wait}, {"type": "pointerMove", "x": x, "y": y}
    return {"type": "pointer", "id": name, "actions": [pause, first, down, *moves, up]}


def test_two_fingers_that_go_the_same_way_scroll_and_two_in_turn_both_tap(wda: Wda) -> None:
    wda.click("list")
    wda.waits_for("rows")
    at = middle(wda.rect("rows"))
    x, y = at["x"], at["y"]

    wda.post("/actions", actions=[finger("a", (x, y), (x, y - 300)), finger("b", (x + 60, y), (x + 60, y - 300))])
    scrolled = wda.get(f"/element/{wda.find('row 0')}/displayed")
    back = middle(wda.rect("form"))
    wda.post("/actions", actions=[finger("a", (back["x"], back["y"])), finger("b", (x, 5), wait=50)])

    assert scrolled is False
    wda.waits_for("title")


def test_one_finger_that_taps_twice_is_not_two_fingers(wda: Wda) -> None:
    at = middle(wda.rect("stay"))
    one = finger("a", (at["x"], at["y"]))
    twice = {**one, "actions": [*one["actions"], *one["actions"]]}

    wda.post("/actions", actions=[twice])
    after_two = wda.get(f"/element/{wda.find('stay')}/attribute/value")
    wda.post("/actions", actions=[one])

    assert after_two == "1"
    assert wda.get(f"/element/{wda.find('stay')}/attribute/value") == "0"
    wrong = {"type": "pause", "duration": -1}
    assert wda.refused("POST", "/actions", actions=[{**one, "actions": [wrong]}])[:2] == (500, "unknown error")


def test_an_app_turns_with_the_phone_and_the_home_screen_does_not(wda: Wda) -> None:
    upright = wda.rect("list")

    wda.post("/orientation", orientation="LANDSCAPE")
    turned, rect, shot = wda.get("/rotation"), wda.rect("list"), picture(wda)
    size, held = wda.get("/window/size"), wda.get("/wda/deviceOrientation")
    wda.click("list")
    wda.waits_for("rows")
    lying = wda.refused("POST", "/rotation", x=90, y=0, z=0)[:2]
    upside_down = wda.refused("POST", "/rotation", x=0, y=0, z=180)[:2]
    wda.post("/wda/pressButton", name="home")
    home = wda.get("/orientation")
    refused = wda.refused("POST", "/orientation", orientation="LANDSCAPE")[:2]
    wda.post("/rotation", x=0, y=0, z=0)

    assert (turned, size) == ({"x": 0, "y": 0, "z": 270}, {"width": 844, "height": 390})
    assert (rect["width"] > upright["width"], shot.size) == (True, (2532, 1170))
    assert (held, home) == ("UIDeviceOrientationLandscapeLeft", "PORTRAIT")
    assert lying == upside_down == (400, "invalid element state")
    assert refused == (500, "unknown error")
    assert wda.refused("POST", "/rotation", x=1, y=2, z=3)[:2] == (400, "invalid argument")


def test_wrong_actions_are_refused(wda: Wda) -> None:
    up_first = [{"type": "pointer", "id": "f", "actions": [{"type": "pointerUp"}]}]
    twice = [{"type": "key", "id": "k", "actions": [{"type": "keyDown", "value": "a"}]}] * 2

    assert wda.refused("POST", "/actions", actions=up_first)[:2] == (500, "unknown error")
    assert wda.refused("POST", "/actions", actions=twice)[:2] == (500, "unknown error")
    assert wda.refused("POST", "/actions", actions=[])[:2] == (500, "unknown error")


def test_the_camera_is_asked_for_once_and_a_no_stays_no(wda: Wda) -> None:
    wda.post("/wda/resetAppAuth", resource=6)
    wda.click("camera")
    until(lambda: wda.answer("GET", f"/session/{wda.session}/alert/text").status_code == 200, "the question")
    asked, labels = wda.get("/alert/text"), wda.get("/wda/alert/buttons")

    wda.post("/alert/dismiss")
    until(lambda: wda.text("note") != "", "an answer")
    denied = wda.text("note")
    wda.click("camera")
    until(lambda: wda.text("note") != "", "an answer")

    assert asked == "“Mobile CRM” Would Like to Access the Camera\nMobile CRM reads the QR code of your web client."
    assert labels == ["Don’t Allow", "Allow"]  # noqa: RUF001 -- Apple's apostrophe
    assert "Cannot use Back Camera" in denied
    assert wda.refused("GET", "/alert/text")[:2] == (404, "no such alert")
    assert wda.refused("POST", "/alert/accept")[:2] == (404, "no such alert")


def test_an_alert_takes_all_touches_and_its_buttons_are_pressed_by_name(wda: Wda) -> None:
    wda.post("/wda/resetAppAuth", resource=6)
    wda.click("camera")
    until(lambda: wda.answer("GET", f"/session/{wda.session}/alert/text").status_code == 200, "the question")

    wda.click("list")
    hittable = wda.get(f"/element/{wda.find('title')}/attribute/hittable")
    hidden = wda.found("rows", "accessibility id")
    wrong = wda.refused("POST", "/alert/accept", name="Perhaps")[:2]
    wda.post("/alert/accept", name="Allow")

    until(lambda: wda.text("note") == "True", "the picture")
    assert (hidden, wrong, hittable) == ([], (400, "invalid element state"), False)


def asks(wda: Wda, title: str) -> None:
    until(lambda: wda.answer("GET", f"/session/{wda.session}/alert/text").json()["value"] == title, title)


def test_the_owners_face_opens_and_another_does_not(phone: IPhone, wda: Wda) -> None:
    def looks(*, owner: bool) -> None:
        until(lambda: phone.hand("PUT", "/face", owner=owner).json()["awaited"], "somebody looks")

    wda.click("face")
    asks(wda, "Do you want to allow “Mobile CRM” to use Face ID?\nMobile CRM opens with Face ID.")
    wda.post("/alert/accept")
    looks(owner=False)
    asks(wda, "Face Not Recognized")
    wda.post("/alert/accept", name="Cancel")
    until(lambda: wda.text("note") == "unknown", "no entry")

    wda.click("face")
    looks(owner=True)

    until(lambda: wda.text("note") == "known", "entry")
    assert not phone.hand("PUT", "/face", owner=True).json()["awaited"]


def picture(wda: Wda) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(wda.get("/screenshot"))))


def test_a_picture_shows_the_screen(wda: Wda) -> None:
    form = picture(wda)
    wda.click("list")
    wda.waits_for("rows")
    rows = picture(wda)
    one = Image.open(io.BytesIO(base64.b64decode(wda.get(f"/element/{wda.find('form')}/screenshot"))))

    assert (form.size, rows.size, one.width) == ((1170, 2532), (1170, 2532), 362 * 3)
    assert form.tobytes() != rows.tobytes()


def test_the_sign_in_sheet_comes_only_after_the_question_and_goes_with_cancel(wda: Wda) -> None:
    wda.click("sign_in")
    until(lambda: wda.answer("GET", f"/session/{wda.session}/alert/text").status_code == 200, "the question")
    asked = wda.get("/alert/text").splitlines()[0]
    before = wda.found("URL", "accessibility id")

    wda.post("/alert/accept")
    wda.waits_for("URL")
    host, app = wda.text("URL"), wda.found("title", "accessibility id")
    active = wda.get("/wda/activeAppInfo")["bundleId"]
    wda.click("Cancel")
    wda.waits_for("title")

    assert asked == "“Mobile CRM” Wants to Use “login.test” to Sign In"
    assert (before, host, app, active) == ([], "login.test", [], BUNDLE)
    assert wda.found("URL", "accessibility id") == []
