import pytest

from tests.testbed.android.uiautomator.toy_phone import ELEMENT, Client

AREA = {"left": 0, "top": 400, "width": 1080, "height": 1200}


def finger(*items: dict[str, object]) -> list[dict[str, object]]:
    return [{"id": "finger", "type": "pointer", "parameters": {"pointerType": "touch"}, "actions": list(items)}]


def move(x: float, y: float, origin: object = "viewport") -> dict[str, object]:
    return {"type": "pointerMove", "duration": 0, "x": x, "y": y, "origin": origin}


DOWN: dict[str, object] = {"type": "pointerDown", "button": 0}
UP: dict[str, object] = {"type": "pointerUp", "button": 0}
PAUSE: dict[str, object] = {"type": "pause", "duration": 50}


def test_a_pointer_taps_what_is_under_it(client: Client) -> None:
    rect = client.get(f"/element/{client.find('id', 'log_in')}/rect")
    client.post("/actions", actions=finger(move(rect["x"] + 30, rect["y"] + 30), DOWN, PAUSE, UP))

    assert client.phone.heard == [("click", "log_in")]


def test_a_pointer_starts_from_an_element_or_from_where_it_is(client: Client) -> None:
    button = client.find("id", "log_in")
    client.post("/actions", actions=finger(move(0, 0, {ELEMENT: button}), move(40, 0, "pointer"), DOWN, UP))

    assert client.phone.heard == [("click", "log_in")]


def test_a_drawn_finger_scrolls_the_list_and_clicks_nothing(client: Client) -> None:
    client.to_diary()
    client.post("/actions", actions=finger(move(500, 1500), DOWN, move(500, 500), UP))

    assert client.texts("id", "name")[0] != "Contact 0"
    assert client.phone.heard == [("click", "log_in")]


def test_a_finger_that_returns_is_still_no_tap(client: Client) -> None:
    rect = client.get(f"/element/{client.find('id', 'log_in')}/rect")
    here = move(rect["x"] + 30, rect["y"] + 30)
    client.post("/actions", actions=finger(here, DOWN, move(900, 1800), here, UP))

    assert client.phone.heard == []


def test_struck_keys_reach_the_focused_field(client: Client) -> None:
    client.post(f"/element/{client.find('id', 'email')}/click")
    strokes = [{"type": kind, "value": letter} for letter in "ab\ue007" for kind in ("keyDown", "keyUp")]
    client.post("/actions", actions=[{"id": "keyboard", "type": "key", "actions": strokes}])

    assert client.phone.heard == [("email", "a"), ("email", "ab"), ("key", "66")]


def test_two_fingers_at_once_click_nothing_and_one_after_the_other_both_do(client: Client) -> None:
    rect = client.get(f"/element/{client.find('id', 'log_in')}/rect")
    at = move(rect["x"] + 30, rect["y"] + 30)
    one, two = finger(at, DOWN, PAUSE, UP)[0], finger(at, DOWN, PAUSE, UP)[0]
    later = finger(PAUSE, PAUSE, at, DOWN, PAUSE, UP)[0]
    client.post("/actions", actions=[one, {**two, "id": "second"}])
    together = list(client.phone.heard)
    client.post("/actions", actions=[one, {**later, "id": "second"}])

    assert together == []
    assert client.phone.heard[0] == ("click", "log_in")


def test_the_first_of_two_fingers_scrolls(client: Client) -> None:
    client.to_diary()
    one = finger(move(500, 1500), DOWN, PAUSE, move(500, 500), UP)[0]
    two = finger(move(600, 1500), PAUSE, DOWN, move(600, 1600), UP)[0]
    before = client.texts("id", "name")
    client.post("/actions", actions=[one, {**two, "id": "second"}])

    assert client.texts("id", "name") != before


def test_pinches_and_drags_are_checked_and_do_nothing_here(client: Client) -> None:
    assert client.post("/appium/gestures/pinch_open", area=AREA, percent=0.5) is None
    assert client.error("POST", "/appium/gestures/pinch_close", area=AREA, percent=2)[1] == "invalid argument"
    end = {"x": 10, "y": 10}
    assert client.post("/appium/gestures/drag", origin={ELEMENT: client.find("id", "log_in")}, end=end) is None
    assert client.error("POST", "/appium/gestures/drag", end=end)[1] == "invalid argument"
    assert client.phone.heard == []


def test_a_scheduled_action_is_done_by_the_server_itself(client: Client) -> None:
    button = client.find("id", "log_in")
    steps = [
        {"name": "press", "type": "gesture", "payload": {"subtype": "click", "elementId": button}},
        {"name": "look", "type": "source", "payload": {}},
    ]
    client.post("/appium/schedule_action", name="once", steps=steps, times=1)
    again = client.error("POST", "/appium/schedule_action", name="once", steps=steps)
    done = client.post("/appium/unschedule_action", name="once")
    while not done["repeats"]:
        client.post("/appium/schedule_action", name="once", steps=steps, times=1)
        done = client.post("/appium/action_history", name="once")
        while not done["repeats"]:
            done = client.post("/appium/action_history", name="once")

    assert again[1] == "invalid argument"
    assert done["stepResults"][0][0]["passed"]
    assert "<hierarchy" in done["stepResults"][0][1]["result"]
    assert ("click", "log_in") in client.phone.heard
    assert client.error("POST", "/appium/action_history", name="twice")[1] == "invalid argument"


def test_a_toast_is_seen_by_xpath_and_by_no_selector(client: Client) -> None:
    client.phone.toast("Saved")
    toast = client.find("xpath", "//android.widget.Toast")

    assert client.get(f"/element/{toast}/text") == "Saved"
    assert client.find_all("-android uiautomator", 'new UiSelector().text("Saved")') == []
    client.post("/appium/settings", settings={"enableNotificationListener": False})
    assert client.find_all("xpath", "//android.widget.Toast") == []


def test_the_keyboard_takes_room_from_the_app(client: Client) -> None:
    whole = client.get(f"/element/{client.find('xpath', '//android.widget.LinearLayout')}/rect")["height"]
    field = client.find("id", "email")
    client.post(f"/element/{field}/click")

    assert client.get(f"/element/{client.find('xpath', '//android.widget.LinearLayout')}/rect")["height"] == whole - 600


@pytest.mark.parametrize(
    ("actions", "complaint"),
    [
        ([{"type": "pointer", "actions": []}], "must have the id key set"),
        ([{"id": "a", "type": "gaze", "actions": []}], "'gaze' is passed instead for action 'a'"),
        ([{"id": "a", "type": "pointer"}], "'a' action should contain at least one item"),
        (finger({"type": "keyDown"}), "'keyDown' is passed instead for action 'finger'"),
        (finger({"type": "pause"}), "Missing duration key"),
        (finger(DOWN), "must only use absolute coordinates"),
        (finger({"type": "pointerMove", "x": 1}), "Both coordinates must be be set"),
        (finger(move(1, 1, "pointer")), "should be preceded"),
        ([*finger(PAUSE), *finger(PAUSE)], "duplicates"),
    ],
)
def test_a_broken_chain_is_an_invalid_argument(
    client: Client, actions: list[dict[str, object]], complaint: str
) -> None:
    status, error, message = client.error("POST", "/actions", actions=actions)

    assert (status, error) == (400, "invalid argument")
    assert complaint in message


def test_a_click_gesture_goes_to_the_element_or_the_point(client: Client) -> None:
    client.post("/appium/settings", settings={"waitForIdleTimeout": 0})
    switch = client.find("id", "stay")
    rect = client.get(f"/element/{switch}/rect")
    client.post("/appium/gestures/click", origin={ELEMENT: switch})
    client.post("/appium/gestures/click", offset={"x": rect["x"] + 5, "y": rect["y"] + 15})

    assert client.phone.heard == [("click", "stay"), ("click", "stay")]


def test_a_gesture_without_element_and_point_is_an_invalid_argument(client: Client) -> None:
    assert client.error("POST", "/appium/gestures/click", offset=None)[:2] == (400, "invalid argument")
    assert client.error("POST", "/appium/gestures/scroll", direction="down", percent=1)[:2] == (400, "invalid argument")
    assert (
        client.error("POST", "/appium/gestures/scroll", area=AREA, direction="in", percent=1)[1] == "invalid argument"
    )


def test_a_scroll_gesture_tells_whether_there_is_more(client: Client) -> None:
    client.to_diary()
    one = client.post("/appium/gestures/scroll", area=AREA, direction="down", percent=0.5)
    all_of_it = client.post("/appium/gestures/scroll", area=AREA, direction="down", percent=30)

    assert (one, all_of_it) == (True, False)
    assert client.texts("id", "name")[-1] == "Contact 99"
    assert client.post("/appium/gestures/scroll", area=AREA, direction="up", percent=1)


def test_a_scroll_gesture_where_nothing_scrolls_says_no(client: Client) -> None:
    assert client.post("/appium/gestures/scroll", area=AREA, direction="down", percent=1) is False


def test_a_swipe_goes_where_the_finger_goes(client: Client) -> None:
    client.to_diary()
    client.post("/appium/gestures/swipe", area=AREA, direction="up", percent=0.8)

    assert client.texts("id", "name")[0] != "Contact 0"


def test_a_fling_runs_on_further_than_a_swipe(client: Client) -> None:
    client.to_diary()
    client.post("/appium/gestures/fling", area=AREA, direction="down")

    assert int(client.texts("id", "name")[1].split()[1]) > 10


def test_scroll_to_stops_when_it_is_in_sight(client: Client) -> None:
    client.to_diary()
    wanted = {"strategy": "-android uiautomator", "selector": 'new UiSelector().text("Contact 40")'}
    client.post("/gestures/scroll_to", params=wanted)

    assert "Contact 40" in client.texts("id", "name")
    lost = {**wanted, "selector": 'text("Nobody")', "maxSwipes": 2}
    assert client.error("POST", "/gestures/scroll_to", params=lost)[1] == "no such element"


def test_scroll_to_inside_an_element_moves_that_one_only(client: Client) -> None:
    client.to_diary()
    around = client.find("class name", "androidx.recyclerview.widget.RecyclerView")
    wanted = {"strategy": "-android uiautomator", "selector": 'new UiSelector().text("Contact 40")'}
    client.post("/gestures/scroll_to", params=wanted, origin={ELEMENT: around})
    assert "Contact 40" in client.texts("id", "name")

    row = client.find("-android uiautomator", 'text("Contact 40")')
    lost = {**wanted, "selector": 'text("Contact 1")', "maxSwipes": 1}
    assert client.error("POST", "/gestures/scroll_to", params=lost, origin={ELEMENT: row})[1] == "no such element"
