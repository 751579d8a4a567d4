"""The whole app, in its process, against the whole cloud."""

import io
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import segno

from tests.testbed.pocket.lab import (
    ADA,
    BOB,
    DOT,
    PACKAGE,
    Cloud,
    handheld,
    log_out,
    pocket,
    sign_in,
    stored,
    synced,
)
from tests.testbed.runtime.handheld import App, Handheld

CONFIGURE = "soprotocol://?crmOnline=true"


def test_a_sign_in_ends_in_the_diary_with_every_visible_record_cached(app: App, cloud: Cloud) -> None:
    app.start()
    assert app.text("start") == "YOU HAVE THE POWER"

    sign_in(app, cloud)

    assert app.screen() == "Diary"
    kept = stored(app)
    assert not [marker for marker in cloud.markers(ADA) if marker.encode() not in kept]
    assert not [marker for marker in cloud.markers(BOB) - cloud.markers(ADA) if marker.encode() in kept]
    assert rows(app) == len(cloud.markers(ADA))

    kept += "".join(log["message"] for log in app.logs).encode() + app.errors.encode()
    assert [secret["kind"] for secret in cloud.secrets() if secret["value"].encode() in kept] == []
    assert {"access_token", "refresh_token", "password"} <= {secret["kind"] for secret in cloud.secrets()}


def test_the_request_is_rfc_8252_with_fresh_values_each_time(app: App) -> None:
    app.start()
    for count in (1, 2):
        app.click("log_in")
        app.until(lambda count=count: len(app.phone.opened) == count)  # type: ignore[misc]

    first, second = (parse_qs(urlsplit(url).query) for url in app.phone.opened)

    assert first["redirect_uri"] == ["test.superoffice.pocket:/signed-in"]
    assert first["code_challenge_method"] == ["S256"]
    assert len(first["code_challenge"][0]) == 43
    assert not any(first[name] == second[name] for name in ("state", "nonce", "code_challenge"))


def test_a_response_that_nobody_asked_for_is_ignored_and_the_right_one_still_counts(app: App, cloud: Cloud) -> None:
    app.start()
    app.click("log_in")
    app.until(lambda: bool(app.phone.opened))
    answer = cloud.answer(app.phone.opened[-1], ADA)

    for wrong in ("/signed-in?code=stolen", "/signed-in?code=stolen&state=wrong", "", "//[broken"):
        app.view(f"test.superoffice.pocket:{wrong}")
        assert "ignored" in app.text("notice")
    app.view(answer)

    app.until_screen("Diary")
    assert sum(each["path"].endswith("/tokens") for each in cloud.evidence()) == 1


def test_a_start_brings_what_changed_and_nothing_else(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    app.kill()

    app.start()

    assert app.frames[0]["screen"] == "Diary"
    app.until(lambda: app.drawn == 1)
    assert synced(app).startswith("sync finished rows=0 seconds=")
    assert len(app.phone.opened) == 1


def test_without_a_network_the_cache_can_be_read(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    app.kill()
    app.phone.online = False

    app.start()
    app.shown("offline")
    app.click("menu_contacts")
    app.until_screen("Contacts")
    app.click("item")

    assert "mk-10001-contact-" in app.text("detail_text")


def test_search_and_settings_work_until_log_out_hides_everything(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    app.click("menu_search")
    app.enter("search_field", "mk-10001-sale-0000")
    app.until(lambda: app.find("search_field") is not None and app.text("search_field") == "mk-10001-sale-0000")
    app.click("search_go")
    app.until(lambda: "mk-10001-sale-0000" in app.text("item"))
    app.click("menu_settings")
    assert app.text("signed_in_as") == ADA
    assert app.text("tenant") == "Nordlys AS (Cust10001)"
    log_out(app)

    assert "mk-" not in app.texts()
    assert not (app.data / "shared_prefs" / "session.enc").exists()
    assert not app.phone.keys
    app.view("superoffice://contact?contact_id=2")
    assert "log in" in app.text("notice")


def test_the_same_user_finds_the_cache_and_a_new_one_nothing_of_it(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    log_out(app)
    sign_in(app, cloud)
    assert "rows=0 " in synced(app)
    log_out(app)
    sign_in(app, cloud, BOB)

    kept = stored(app)
    assert "prompt=login" in app.phone.opened[-1]
    assert not [marker for marker in cloud.markers(ADA) - cloud.markers(BOB) if marker.encode() in kept]
    assert not [marker for marker in cloud.markers(BOB) if marker.encode() not in kept]
    assert ADA.encode() not in kept


def test_another_tenant_of_the_same_person_starts_empty(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud, DOT, "Cust10001")
    app.click("menu_settings")
    app.click("reset_login")
    app.click("confirm_yes")
    app.shown("start")
    sign_in(app, cloud, DOT, "Cust20002")

    kept = stored(app)
    assert b"mk-10001-" not in kept
    assert b"mk-20002-" in kept


def test_idle_in_the_background_for_the_set_time_logs_out_without_a_call(app: App, cloud: Cloud) -> None:
    cloud.prefer("AutoLogoutTime", "1")
    app.start()
    sign_in(app, cloud)
    calls = cloud.calls()
    app.pause()
    assert "mk-" not in app.texts()
    app.phone.advance(66)
    app.resume()

    assert app.screen() == "Start"
    assert not (app.data / "shared_prefs" / "session.enc").exists()
    assert cloud.calls() == calls


def test_shorter_absences_and_time_in_front_do_not_log_out(app: App, cloud: Cloud) -> None:
    cloud.prefer("AutoLogoutTime", "1")
    app.start()
    sign_in(app, cloud)
    for ahead in (48, 96):
        app.pause()
        app.phone.advance(ahead)
        app.resume()
    app.phone.advance(1000)
    app.click("menu_sales")

    app.until_screen("Sales")
    assert "mk-10001-sale" in app.texts()


def test_idle_time_counts_while_the_app_is_not_running(app: App, cloud: Cloud) -> None:
    cloud.prefer("AutoLogoutTime", "1")
    app.start()
    sign_in(app, cloud)
    app.pause()
    app.kill()
    app.phone.advance(66)

    app.start()

    assert [frame["screen"] for frame in app.frames] == ["Start"]
    assert not (app.data / "shared_prefs" / "session.enc").exists()


def test_with_automatic_login_disabled_every_start_asks_again(app: App, cloud: Cloud) -> None:
    cloud.prefer("DisableAutoLogin", "1")
    app.start()
    sign_in(app, cloud)
    app.kill()
    asked = len(app.phone.asked)

    app.start()

    assert [frame["screen"] for frame in app.frames] == ["Start"]
    assert len(app.phone.asked) == asked
    app.click("log_in")
    app.until(lambda: len(app.phone.opened) == 2)
    assert "prompt=login" in app.phone.opened[-1]


def test_an_expired_token_is_renewed_silently_and_a_revoked_one_leads_to_the_start(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    cloud.advance(3700)
    app.click("item")
    app.until_screen("Detail")
    app.click("menu_settings")
    app.click("refresh_all")

    app.until(lambda: app.drawn == 2)
    renewals = [each for each in cloud.evidence() if each["path"].endswith("/tokens")]
    assert [each["status"] for each in renewals] == [200, 200]
    assert len(app.phone.opened) == 1

    cloud.reset()
    app.click("menu_sales")
    app.until_screen("Sales")
    app.click("item")
    app.until_screen("Start")
    assert "no longer signed in" in app.text("notice")


def test_a_record_that_is_read_again_is_brought_up_to_date(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    key = str(app.shown("item")["key"])
    cloud.change("Appointment", key.rpartition(":")[2], "Description", "mk-changed")
    app.click("item")

    app.until(lambda: app.find("detail_title") is not None and app.text("detail_title") == "mk-changed")
    assert b"mk-changed" in stored(app)


def test_a_tenant_that_moved_is_followed(phone: Handheld, cloud: Cloud, tmp_path: Path) -> None:
    (tmp_path / "moved.py").write_text(
        "from dataclasses import replace\n"
        "from testbed.pocket import main, signin\n"
        "honest = signin.session\n"
        "def session(tokens, claims):\n"
        "    found = honest(tokens, claims)\n"
        "    return replace(found, webapi_url=found.webapi_url.replace('online2', 'online3'))\n"
        "signin.session = session\n"
        "main = main.main\n",
    )
    app = phone.app(PACKAGE, str(tmp_path), "moved:main").start()
    sign_in(app, cloud)

    assert [each["status"] for each in cloud.evidence() if each["host"].startswith("online3.")] == [421]
    assert "rows=0" not in synced(app)


def test_a_server_that_cannot_prove_itself_gets_nothing(cloud: Cloud, tmp_path: Path) -> None:
    with handheld(cloud, tmp_path / "phone") as phone:
        app = pocket(phone).start()
        sign_in(app, cloud)
        app.kill()
        (phone.ca / "00000000.0").unlink()
        calls = cloud.calls()
        app.start()

        assert "not secure" in app.text("notice")
        assert app.screen() == "Diary"
        assert cloud.calls() == calls


@pytest.mark.parametrize("way", ["link", "code"])
def test_a_configuration_leads_to_a_sign_in_that_asks(app: App, cloud: Cloud, way: str) -> None:
    app.start()
    if way == "link":
        app.view(CONFIGURE)
    else:
        app.phone.picture = picture(CONFIGURE)
        app.click("scan_qr")

    app.until(lambda: bool(app.phone.opened))
    assert app.phone.opened[0].startswith("https://online.superoffice.test/login/common/oauth/authorize?")
    assert "prompt=login" in app.phone.opened[0]
    assert app.screen() == "Start"
    assert not app.find("crm_online")
    assert cloud.calls() == []


@pytest.mark.parametrize("way", ["link", "code"])
@pytest.mark.parametrize(
    "payload",
    [
        "soprotocol://?netserverUrl=https://evil.example/netserver/services84",
        "soprotocol://?superIdUrl=https://login.attacker.test",
        "soprotocol://?crmOnline=true&superId=http://online.superoffice.test",
    ],
)
def test_a_foreign_configuration_is_refused(app: App, way: str, payload: str) -> None:
    app.start()
    if way == "link":
        app.view(payload)
    else:
        app.phone.picture = picture(payload)
        app.click("scan_qr")

    assert "refused" in app.text("notice")
    assert app.phone.opened == []
    assert not (app.data / "shared_prefs" / "settings.json").exists()


def test_a_picture_without_a_code_is_said_to_be_one(app: App) -> None:
    app.start()
    app.phone.picture = b"no picture at all"
    app.click("scan_qr")

    assert "No QR code" in app.text("notice")


def test_a_configured_app_asks_before_it_changes(app: App) -> None:
    app.start(CONFIGURE)
    app.view("soprotocol://?crmOnline=true&superId=https://stage.superoffice.test")
    assert "stage.superoffice.test" in app.text("confirm_text")
    app.click("confirm_no")
    app.shown("start")
    assert len(app.phone.opened) == 1

    app.view("soprotocol://?crmOnline=true&superId=https://stage.superoffice.test")
    app.click("confirm_yes")
    app.until(lambda: len(app.phone.opened) == 2)
    assert app.phone.opened[1].startswith("https://stage.superoffice.test/")


def test_nothing_slow_is_imported_before_the_first_frame() -> None:
    slow = {"httpx", "ssl", "joserfc", "PIL", "zxingcpp"}
    code = f"import sys, testbed.pocket.main; print([name for name in {slow} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def rows(app: App) -> int:
    with closing(sqlite3.connect(app.data / "databases" / "pocket.db")) as database:
        tables = ("contact", "person", "appointment", "sale", "project")
        return sum(database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables)  # noqa: S608 -- ours


def picture(text: str) -> bytes:
    out = io.BytesIO()
    segno.make(text).save(out, kind="png", scale=6)
    return out.getvalue()
