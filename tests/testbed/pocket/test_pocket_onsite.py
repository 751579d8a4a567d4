"""An installation of the customer's own: user name, password, a ticket; and whose finger it is."""

import sqlite3
from contextlib import closing

from tests.testbed.pocket.lab import Cloud, log_out, stored, synced
from tests.testbed.runtime.handheld import App

ADDRESS = "https://crm.onsite.test/netserver/services88"
LINK = f"soprotocol://?netserverUrl={ADDRESS}"


def test_a_choice_at_the_first_start_leads_to_the_customers_own_server(app: App, cloud: Cloud) -> None:
    app.start()
    app.click("crm_online")
    app.click("log_in")
    log_in(app, cloud, auto_login=True, address=ADDRESS)

    calls = [each for each in cloud.evidence() if each["host"] == "crm.onsite.test"]
    assert {each["auth_scheme"] for each in calls[1:]} == {"SOTicket"}
    assert not [each for each in cloud.evidence() if "superoffice" in each["host"]]
    assert "rows=0" not in synced(app)
    kept = stored(app)
    assert cloud.passwords["otto"].encode() not in kept
    assert not [each["value"] for each in cloud.secrets() if each["value"].encode() in kept]
    app.kill()
    app.start()
    assert app.screen() == "Diary"
    log_out(app)
    assert app.phone.opened == []


def test_a_wrong_password_is_said_and_can_be_mended(app: App, cloud: Cloud) -> None:
    app.start(LINK)
    app.click("confirm_yes")
    fill_in(app, "otto", "wrong")
    app.click("onsite_log_in")
    assert "wrong" in app.text("notice")
    assert app.text("onsite_password") == ""

    app.enter("onsite_password", cloud.passwords["otto"])
    app.click("onsite_log_in")
    app.until(lambda: app.drawn == 1)
    assert app.screen() in {"Confirm", "Diary"}


def test_a_link_asks_first_and_names_the_host(app: App, cloud: Cloud) -> None:
    app.start(LINK)
    assert "crm.onsite.test" in app.text("confirm_text")
    app.click("confirm_no")
    app.shown("start")
    assert app.find("crm_online")

    app.view("soprotocol://?netserverUrl=https://crm.attacker.test/netserver/services88")
    assert "refused" in app.text("notice")
    assert cloud.evidence() == []


def test_without_automatic_login_a_finger_opens_the_next_start(app: App, cloud: Cloud) -> None:
    app.start(LINK)
    app.click("confirm_yes")
    log_in(app, cloud, auto_login=False)
    app.until_screen("Confirm")
    assert "fingerprint" in app.text("confirm_text")
    app.click("confirm_yes")
    app.until_screen("Diary")
    app.kill()

    app.phone.finger = False
    app.start()
    assert app.screen() == "Start"
    app.kill()
    app.phone.finger = True
    app.start()
    app.until_screen("Diary")


def test_without_automatic_login_and_finger_the_ticket_does_not_outlive_the_start(app: App, cloud: Cloud) -> None:
    app.start(LINK)
    app.click("confirm_yes")
    log_in(app, cloud, auto_login=False)
    app.until_screen("Confirm")
    app.click("confirm_no")
    app.until_screen("Diary")
    app.kill()

    app.start()

    assert app.screen() == "Start"
    assert not (app.data / "shared_prefs" / "session.enc").exists()
    with closing(sqlite3.connect(app.data / "databases" / "pocket.db")) as database:
        assert database.execute("SELECT value FROM meta WHERE key = 'tenant'").fetchall() == [("crm.onsite.test",)]


def log_in(app: App, cloud: Cloud, *, auto_login: bool, address: str = "") -> None:
    fill_in(app, "otto", cloud.passwords["otto"], address)
    if auto_login:
        app.click("auto_login")
    app.click("onsite_log_in")
    app.until(lambda: app.drawn == 1)


def fill_in(app: App, user: str, password: str, address: str = "") -> None:
    if address:
        app.enter("onsite_url", address)
    assert app.shown("onsite_password")["password"] is True
    app.enter("onsite_user", user)
    app.enter("onsite_password", password)
