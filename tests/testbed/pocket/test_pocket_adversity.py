"""Servers that are busy, move or forget; a disk that is full or damaged; an app that dies."""

import json
from pathlib import Path

import pytest

from tests.testbed.pocket.lab import PACKAGE, Cloud, handheld, log_out, running_cloud, sign_in, stored, synced
from tests.testbed.runtime.handheld import App, Handheld

API = {"host": "online2.superoffice.test"}
TOKENS = "/login/common/oauth/tokens"


def test_a_short_wait_is_waited_out_and_a_long_one_is_said(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    cloud.fault(kind="status", status=429, retry_after="1", times=1, **API)
    refresh(app)
    assert "rows=0" not in synced(app)

    cloud.fault(kind="status", status=503, retry_after="600", times=1, **API)
    app.pause()
    app.resume()
    assert "try again in" in app.text("notice")
    calls = cloud.calls()
    app.pause()
    app.resume()
    app.until(lambda: troubles(app) == 2)
    assert cloud.calls() == calls


def test_a_token_that_is_refused_once_is_renewed_once(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    cloud.fault(kind="status", status=401, times=1, **API)
    refresh(app)

    assert token_calls(cloud) == 2
    assert app.screen() == "Diary"


def test_a_refresh_token_that_is_replaced_is_replaced_on_the_phone(app: App, cloud: Cloud) -> None:
    cloud.admin.patch("/settings", json={"refresh_tokens": "rotating"}).raise_for_status()
    app.start()
    sign_in(app, cloud)
    for _ in range(2):
        cloud.advance(3700)
        app.kill()
        app.start()
        app.until(lambda: app.drawn == 1)

    assert app.screen() == "Diary"
    assert token_calls(cloud) == 3


def test_a_log_out_ends_the_tokens_at_the_service(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    log_out(app)

    app.until(lambda: any(each["path"].endswith("/revoke") for each in cloud.evidence()))
    app.click("log_in")
    app.until(lambda: len(app.phone.opened) == 2)
    assert token_calls(cloud) == 1
    assert cloud.call("GET", "Contact/1").status_code == 401


def test_a_damaged_database_is_begun_anew_and_said_to_be(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    app.kill()
    for file in (app.data / "databases").glob("pocket.db*"):
        file.write_bytes(b"not a database at all" * 400)

    app.start()

    assert "damaged" in app.text("notice")
    app.until(lambda: app.drawn == 1)
    assert app.screen() == "Diary"
    kept = stored(app)
    assert not [marker for marker in cloud.markers("ada@nordlys.test") if marker.encode() not in kept]


def test_a_full_disk_is_said_and_what_is_stored_stays(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    for number in range(1, 200):
        if number % 5:
            cloud.change("Contact", str(number), "Name", f"mk-grown-{number}-" + "x" * 400)
    app.phone.fill_disk()
    app.pause()
    app.resume()

    assert "storage is full" in app.text("notice")
    app.click("menu_persons")
    app.until_screen("Persons")
    assert "mk-10001-person-" in app.texts()
    app.phone.fill_disk(full=False)
    app.click("menu_diary")
    app.pause()
    app.resume()
    app.until(lambda: app.drawn == 2)
    assert b"mk-grown-1-" in stored(app)


def test_truncated_answers_are_trouble_and_no_crash(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    cloud.fault(kind="truncate", bytes=20, times=2, **API)
    app.pause()
    app.resume()

    assert "cannot be read" in app.text("notice") or app.find("offline")
    assert app.process
    assert app.process.poll() is None


@pytest.fixture
def dying(phone: Handheld, tmp_path: Path) -> App:
    return dying_app(phone, tmp_path)


def dying_app(phone: Handheld, tmp_path: Path) -> App:
    """The app, which dies when it is asked about itself."""
    (tmp_path / "dying.py").write_text(
        "from testbed.pocket import main as app, screens\n"
        "from testbed.pocket.state import Screen\n"
        "def die(state):\n"
        "    raise ValueError('mk-10001-contact of ada@nordlys.test')\n"
        "screens.CONTENT[Screen.ABOUT] = die\n"
        "main = app.main\n",
    )
    return phone.app(PACKAGE, f"{tmp_path}", "dying:main")


def test_a_crash_is_told_at_the_next_start_without_anything_of_anyone(dying: App, cloud: Cloud) -> None:
    dying.start()
    sign_in(dying, cloud)
    dying.click("menu_settings")
    dying.click("about")
    assert dying.process
    assert dying.process.wait(10) == 1
    dying.kill()
    cloud.fault(kind="reply", host="in.appcenter.test", status=200, body='{"crash": "again"}', times=1)

    dying.start()
    dying.until(lambda: dying.drawn == 1)
    dying.until(lambda: any(each["host"] == "in.appcenter.test" for each in cloud.evidence()))
    dying.until(lambda: not list((dying.data / "crashes").glob("*")), "the report told is put away")
    dying.click("menu_settings")
    dying.click("about")
    dying.process.wait(10)
    dying.kill()
    dying.start()
    dying.until(lambda: bool(cloud.admin.get("/crashes").json()))

    (report,) = cloud.admin.get("/crashes").json()
    log = json.loads(report["body"])["logs"][0]
    assert (log["type"], log["fatal"], log["exception"]["type"]) == ("managedError", True, "ValueError")
    assert log["exception"]["frames"][0]["methodName"] == "die"
    assert "mk-" not in report["body"]
    assert "nordlys" not in report["body"]
    assert not [each for each in cloud.secrets() if each["value"] in report["body"]]


def test_reports_go_where_a_configuration_says(tmp_path: Path) -> None:
    with (
        running_cloud(tmp_path / "cloud", "--crash-sink", "crash.superoffice.test") as cloud,
        handheld(cloud, tmp_path / "phone") as phone,
    ):
        link = cloud.admin.get("/tenants/Cust10001/configuration-link").json()["link"]
        app = dying_app(phone, tmp_path).start(link)
        app.until(lambda: len(phone.opened) == 1, "the browser")
        app.view(cloud.answer(phone.opened[-1], "ada@nordlys.test"))
        app.until_screen("Diary")
        app.click("menu_settings")
        app.click("about")
        assert app.process
        app.process.wait(10)
        app.kill()
        app.start()
        app.until(lambda: bool(cloud.admin.get("/crashes").json()), "the report")

        assert "crash.superoffice.test" in {each["host"] for each in cloud.evidence()}


def test_a_message_is_shown_to_whoever_is_signed_in_and_says_nothing_of_anyone(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    app.click("menu_settings")
    app.click("notifications")
    app.click("push_invitations")
    app.until(lambda: app.shown("push_invitations")["checked"] is True)
    (device,) = cloud.admin.get("/devices").json()
    assert "invitations=1" in str(device)
    push(cloud)

    app.until(lambda: bool(app.phone.notifications))
    assert app.phone.notifications == ["Mobile CRM: You have a new invitation."]
    app.back()
    log_out(app)
    app.until(lambda: cloud.admin.get("/devices").json() == [])
    push(cloud)
    assert len(app.phone.notifications) == 1


def push(cloud: Cloud) -> None:
    message = {"Type": "AppointmentInvitation", "Title": "mk-10001-appointment", "Message": "with Kari Berg"}
    cloud.admin.post("/push", json={"email": "ada@nordlys.test", "message": message})


def refresh(app: App) -> None:
    drawn = app.drawn
    app.click("menu_settings")
    app.click("refresh_all")
    app.until(lambda: app.drawn > drawn)


def troubles(app: App) -> int:
    return sum(log["message"] == "trouble: Busy" for log in app.logs)


def token_calls(cloud: Cloud) -> int:
    return sum(each["path"] == TOKENS for each in cloud.evidence())
