import base64
import io
from typing import Any

import pytest
from PIL import Image

from tests.testbed.android.uiautomator.toy_phone import Client


def test_the_screenshot_is_a_png_of_the_screen(client: Client) -> None:
    with Image.open(io.BytesIO(base64.b64decode(client.get("/screenshot")))) as image:
        assert image.size == (1080, 1920)


def test_sizes_are_those_of_the_phone(client: Client) -> None:
    assert client.get("/window/current/size") == {"width": 1080, "height": 1920}
    assert client.get("/appium/device/pixel_ratio") == 2.625
    assert client.get("/appium/device/display_density") == 420
    assert client.get("/appium/device/system_bars") == {"statusBar": 63}


def test_device_info_and_battery_are_the_phones_own(client: Client) -> None:
    info = client.get("/appium/device/info")

    assert (info["model"], info["apiVersion"], info["realDisplaySize"]) == ("Toy", "33", "1080x1920")
    assert client.get("/appium/device/battery_info") == {"level": 0.5, "status": 3}


def test_keys_reach_the_phone_and_an_impossible_one_is_refused(client: Client) -> None:
    client.post("/back")
    client.post("/appium/device/press_keycode", keycode=66)

    assert client.phone.heard == [("key", "4"), ("key", "66")]
    assert client.error("POST", "/appium/device/press_keycode", keycode=999)[:2] == (400, "invalid element state")
    assert client.error("POST", "/appium/device/press_keycode")[:2] == (400, "invalid argument")


def test_the_clipboard_keeps_what_was_put_there(client: Client) -> None:
    client.post("/appium/device/set_clipboard", content=base64.b64encode("Ærlig".encode()).decode())

    assert client.phone.clipboard == "Ærlig"
    assert base64.b64decode(client.post("/appium/device/get_clipboard")).decode() == "Ærlig"


def test_the_clipboard_holds_plain_text_only(client: Client) -> None:
    assert client.error("POST", "/appium/device/get_clipboard", contentType="image")[:2] == (400, "invalid argument")
    assert client.error("POST", "/appium/device/set_clipboard", content="***")[:2] == (400, "invalid argument")


def test_the_phone_turns_and_says_how_it_lies(client: Client) -> None:
    assert client.get("/orientation") == "PORTRAIT"
    assert client.post("/orientation", orientation="landscape") == "LANDSCAPE"
    assert client.get("/rotation") == {"x": 0, "y": 0, "z": 90}
    assert client.get("/window/current/size") == {"height": 1080, "width": 1920}
    assert 'rotation="1"' in client.get("/source")
    assert client.post("/rotation", x=0, y=0, z=0) == "ROTATION_0"


def test_an_app_that_is_locked_to_an_orientation_does_not_turn(client: Client) -> None:
    client.phone.turns = False
    assert client.post("/orientation", orientation="portrait") == "PORTRAIT"
    assert client.get("/appium/device/declared_orientation") == "SCREEN_ORIENTATION_PORTRAIT"
    status, error, message = client.error("POST", "/orientation", orientation="LANDSCAPE")
    assert (status, error) == (400, "invalid element state")
    assert message.startswith("Screen rotation cannot be changed to ROTATION_90")
    assert client.error("POST", "/orientation", orientation="sideways")[:2] == (400, "invalid argument")
    assert client.get("/rotation") == {"x": 0, "y": 0, "z": 0}
    assert client.error("POST", "/rotation", x=0, y=0, z=90)[:2] == (400, "invalid element state")


@pytest.mark.parametrize(("method", "path"), [("GET", "text"), ("POST", "accept"), ("POST", "dismiss")])
def test_no_alert_is_no_such_alert(client: Client, method: str, path: str) -> None:
    assert client.error(method, f"/alert/{path}") == (404, "no such alert", "No alert is present on the screen")


@pytest.mark.parametrize(("answer", "pressed"), [("accept", "allow"), ("dismiss", "deny")])
def test_a_permission_dialog_is_an_alert(client: Client, answer: str, pressed: str) -> None:
    names = ("permission_message", "permission_allow_button", "permission_deny_button")
    kinds = ("label", "button", "button")
    texts = ("Allow pocket to take pictures?", "While using the app", "Don't allow")
    views: list[dict[str, Any]] = [
        {"key": name.split("_")[1], "kind": kind, "id": name, "text": text}
        for name, kind, text in zip(names, kinds, texts, strict=True)
    ]
    dialog = {"key": "root", "kind": "column", "children": views}
    client.phone.show("GrantPermissions", dialog, "com.android.permissioncontroller")

    assert client.get("/alert/text") == "Allow pocket to take pictures?"
    client.post(f"/alert/{answer}")

    assert client.phone.heard == [("click", pressed)]
    assert client.error("POST", "/alert/accept", buttonLabel="Maybe")[:2] == (400, "invalid element state")


def test_a_frame_that_is_no_view_tree_is_an_unknown_error_and_not_a_crash(client: Client) -> None:
    client.phone.show("Broken", {"key": "root", "kind": "sphere"})

    assert client.error("GET", "/source")[:2] == (500, "unknown error")
    assert client.http.get("/status").status_code == 200
