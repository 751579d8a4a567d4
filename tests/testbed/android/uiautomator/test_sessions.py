from tests.testbed.android.uiautomator.toy_phone import Client


def test_the_server_says_that_it_is_ready_without_a_session(client: Client) -> None:
    status = client.http.get("/status").json()

    assert status["value"]["ready"] is True
    assert status["sessionId"] == "None"


def test_a_new_session_takes_the_place_of_the_old(client: Client) -> None:
    created = client.http.post("/session", json={"capabilities": {"alwaysMatch": {"appium:appPackage": "x"}}}).json()

    assert client.error("GET", "/source")[:2] == (404, "invalid session id")
    assert [each["id"] for each in client.http.get("/sessions").json()["value"]] == [created["sessionId"]]


def test_a_session_without_capabilities_is_not_created(client: Client) -> None:
    answer = client.http.post("/session", json={})

    assert (answer.status_code, answer.json()["value"]["error"]) == (500, "session not created")


def test_deleting_the_session_ends_the_server_after_the_answer(client: Client) -> None:
    assert client.answer("DELETE", "") == {"value": None, "sessionId": client.session}
    assert client.error("GET", "/source")[:2] == (404, "invalid session id")
    assert client.ended.wait(5)


def test_the_old_prefix_is_still_taken(client: Client) -> None:
    assert client.http.get("/wd/hub/status").status_code == 200


def test_an_unknown_command_is_refused_as_the_real_server_does_and_reported(client: Client) -> None:
    status, error, message = client.error("GET", "/appium/teleport")

    assert (status, error) == (404, "unknown command")
    assert message.startswith("The requested resource could not be found")
    assert client.unmodelled == [("command", f"GET /session/{client.session}/appium/teleport")]


def test_a_known_path_with_another_method_is_an_unknown_command(client: Client) -> None:
    assert client.error("POST", "/source")[:2] == (404, "unknown command")


def test_a_real_command_that_is_not_modelled_is_refused_and_reported(client: Client) -> None:
    assert client.error("POST", "/touch/flick", xSpeed=1)[:2] == (404, "unknown command")
    assert client.unmodelled[0][0] == "command"


def test_a_body_that_is_no_json_is_an_invalid_argument(client: Client) -> None:
    answer = client.http.post(f"/session/{client.session}/element", content=b"{")

    assert (answer.status_code, answer.json()["value"]["error"]) == (400, "invalid argument")


def test_a_missing_field_is_named(client: Client) -> None:
    status, error, message = client.error("POST", "/element", strategy="id")

    assert (status, error) == (400, "invalid argument")
    assert message == "FindElementModel: The mandatory field 'selector' is not present in JSON"


def test_settings_have_the_servers_defaults_and_can_be_changed(client: Client) -> None:
    assert client.get("/appium/settings")["waitForIdleTimeout"] == 10_000

    client.post("/appium/settings", settings={"waitForIdleTimeout": 100, "unknownToTheServer": 1})

    assert client.get("/appium/settings")["waitForIdleTimeout"] == 100
    assert "unknownToTheServer" not in client.get("/appium/settings")
    assert client.unmodelled == []


def test_a_setting_of_the_wrong_type_is_refused(client: Client) -> None:
    assert client.error("POST", "/appium/settings", settings={"waitForIdleTimeout": "soon"})[:2] == (
        400,
        "invalid argument",
    )


def test_a_setting_that_would_change_nothing_here_is_reported(client: Client) -> None:
    client.post("/appium/settings", settings={"allowInvisibleElements": True})

    assert client.unmodelled == [("setting", "allowInvisibleElements=True")]
