"""What people look at and change, and what of it stays on the phone."""

import io
import json
import sqlite3
from contextlib import closing

import segno
from PIL import Image

from tests.testbed.pocket.lab import ADA, BOB, PACKAGE, Cloud, log_out, sign_in, stored, synced
from tests.testbed.runtime.handheld import App

DAY, API, JSON = 25 * 3600, "online2.superoffice.test", {"Content-Type": "application/json"}
COMPANY, PHONE, EMAIL = "Nyfjell Trykk AS", "+47 22 00 11 22", "kari.berg@nyfjell.example"
CARD = f"BEGIN:VCARD\nVERSION:4.0\nFN:Kari Berg\nORG:{COMPANY}\nTITLE:Buyer\nTEL:{PHONE}\nEMAIL:{EMAIL}\nEND:VCARD"


def test_a_record_is_created_and_changed_where_the_role_allows_it(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    contacts(app)
    app.click("new")
    app.enter("field_Name", "Solvang mk-new")
    app.click("save")
    app.until(lambda: app.find("detail_title") is not None and app.text("detail_title") == "Solvang mk-new")

    app.click("edit")
    app.enter("field_Department", "Bergen")
    app.click("save")

    app.until(lambda: app.find("detail_text") is not None and "Bergen" in app.text("detail_text"))
    assert b"mk-new" in stored(app)


def test_a_role_that_only_reads_has_no_buttons_to_write_with(app: App, cloud: Cloud) -> None:
    cloud.role(BOB, "Read only")
    app.start()
    sign_in(app, cloud, BOB)
    contacts(app)
    assert not app.find("new")
    app.click("item")
    app.until_screen("Detail")

    assert not app.find("edit")
    assert cloud.call("PATCH", "Contact/1", BOB, json={"Name": "mine"}).status_code == 403
    assert not [call for call in cloud.calls() if call.startswith(("PUT", "PATCH", "DELETE"))][1:]


def test_a_right_that_was_lost_meanwhile_is_refused_by_the_server_and_said(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud, BOB)
    contacts(app)
    app.click("item")
    app.click("edit")
    cloud.role(BOB, "Read only")
    app.enter("field_Name", "mk-mine")
    app.click("save")

    assert "(403)" in app.text("notice")
    assert b"mk-mine" not in stored(app)


def test_what_was_deleted_leaves_no_byte_behind(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    contacts(app)
    key = str(app.shown("item")["key"])
    title = app.text("item")
    cloud.call("DELETE", f"Contact/{key.rpartition(':')[2]}").raise_for_status()
    app.click("item")

    assert "no longer there" in app.text("notice")
    assert title not in app.texts()
    assert title.encode() not in stored(app)


def test_what_others_deleted_is_noticed_within_a_day(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    marker = next(each for each in sorted(cloud.markers(ADA)) if "-contact-000001-" in each)
    cloud.call("DELETE", "Contact/1").raise_for_status()
    app.pause()
    app.phone.advance(DAY)
    app.resume()

    app.until(lambda: app.drawn == 2)
    assert marker.encode() not in stored(app)


def test_a_table_that_the_role_no_longer_shows_leaves_the_phone(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud, BOB)
    assert b"-sale-" in stored(app)
    cloud.role(BOB, "Field sales")
    app.pause()
    app.resume()

    app.until(lambda: app.drawn == 2)
    assert b"-sale-" not in stored(app)
    assert b"-contact-" in stored(app)


def test_a_document_is_shown_and_nothing_of_it_stays(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    app.click("menu_documents")
    app.until_screen("Documents")
    app.click("item")
    app.until(lambda: "confidential" in app.texts())
    shown = app.text("document_text")
    app.click("back")
    app.until_screen("Documents")
    app.kill()

    assert shown[:60].encode() not in stored(app)
    assert b"confidential" not in stored(app)
    before = content_calls(cloud)
    app.start("superoffice://document?document_id=1")
    app.until(lambda: "confidential" in app.texts())
    assert content_calls(cloud) == before + 1


def test_a_business_card_fills_in_a_new_person(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    contacts(app)
    app.phone.picture = picture("https://www.example")
    app.click("scan_card")
    assert "No business card" in app.text("notice")

    app.phone.picture = picture(CARD)
    app.click("scan_card")
    app.until(lambda: app.find("field_Lastname") is not None)
    filled = [app.text(f"field_{name}") for name in ("Firstname", "Lastname", "Title", "Contact")]
    assert filled == ["Kari", "Berg", "Buyer", COMPANY]
    app.click("save")
    app.until(lambda: app.find("detail_title") is not None and "Kari Berg" in app.text("detail_title"))
    (person,) = rows(cloud, "Person", "lastName is 'Berg'")
    (company,) = rows(cloud, "Contact", f"name is '{COMPANY}'")
    assert (person["phone/formattedNumber"], person["email/emailAddress"]) == (PHONE, EMAIL)
    assert (str(person["contactId"]), person["title"]) == (company["PrimaryKey"], "Buyer")
    cards = [each for each in cloud.evidence() if each["path"] == "/v1/cards"]
    assert [(each["host"], each["status"]) for each in cards] == [
        ("central.superoffice.test", 422),
        ("central.superoffice.test", 200),
    ]


def test_a_company_goes_again_when_its_person_is_refused(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    scan(app)
    cloud.fault(kind="status", status=403, host=API, path="*/Person", method="POST", times=1)
    app.click("save")
    app.until(lambda: "(403)" in app.text("notice"), "the refusal")
    assert rows(cloud, "Contact", f"name is '{COMPANY}'") == []
    assert "created" not in app.text("notice")
    assert COMPANY.encode() not in stored(app)

    app.click("save")
    app.until(lambda: app.screen() == "Detail", "the person")
    (person,) = rows(cloud, "Person", "lastName is 'Berg'")
    (company,) = rows(cloud, "Contact", f"name is '{COMPANY}'")
    assert str(person["contactId"]) == company["PrimaryKey"]


def test_a_company_that_stays_without_its_person_is_told_and_used_the_next_time(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    scan(app)
    cloud.fault(kind="loss", host=API, path="*/Person", method="POST", times=1)
    app.click("save")
    app.until(lambda: f"{COMPANY} was created" in app.text("notice"), "what became of it")

    app.click("save")
    app.until(lambda: app.screen() == "Detail", "the person")
    (company,) = rows(cloud, "Contact", f"name is '{COMPANY}'")
    (person,) = rows(cloud, "Person", "lastName is 'Berg'")
    assert str(person["contactId"]) == company["PrimaryKey"]


def test_a_page_that_leads_elsewhere_is_not_followed(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    page = {"odata.nextLink": "https://online2.superoffice.example/Cust10001/api/v1/Contact", "value": []}
    cloud.fault(kind="reply", host=API, path="*/v1/Contact", body=json.dumps(page), headers=JSON, times=1)
    app.pause()
    app.resume()

    assert "not its own" in app.text("notice")


def test_a_company_that_is_known_is_not_created_again_and_a_number_can_be_mended(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    known = cloud.call("GET", "Contact/1").json()["Name"]
    app.view("superoffice://person?person_id=1")
    app.click("edit")
    app.until_screen("Edit")
    app.enter("field_Contact", known.upper())
    app.enter("field_MobilePhones", PHONE)
    app.click("save")
    app.until(lambda: app.screen() == "Detail" and PHONE in app.texts(), "the changed record")

    changed = cloud.call("GET", "Person/1").json()
    assert (changed["Contact"], changed["MobilePhones"]) == ({"ContactId": 1}, [{"Value": PHONE}])
    assert [call for call in cloud.calls() if call.startswith("POST") and call.endswith("/Contact")] == []


def test_callers_are_known_while_that_is_wanted_and_somebody_is_in(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    app.click("menu_settings")
    assert not [call for call in cloud.calls() if "CallerIDs" in call]
    app.click("caller_id")
    app.click("caller_id_on")
    app.until(lambda: not app.text("callers").startswith("0 "))
    told = cloud.call("POST", "Agents/Pocket/GetMyCallerIDs", json={}).json()
    assert app.text("callers") == f"{len(told['CallerIDs'])} numbers are known to this phone."
    assert callers(app) == {(each["PhoneNumber"], each["PersonName"]) for each in told["CallerIDs"]}

    first, kept = told["CallerIDs"][0], callers(app)
    someone = f"{first['PersonName'].split()[0]} Nymann"
    refetch(app)
    assert callers(app) == kept
    cloud.change("Person", first["PersonId"], "Lastname", "Nymann")
    refetch(app)
    app.until(lambda: (first["PhoneNumber"], someone) in callers(app))
    app.click("back")
    log_out(app)
    assert callers(app) == set()
    assert someone.encode() not in (app.data / "databases" / "pocket.db-wal").read_bytes()


def test_the_image_home_offers_what_can_be_done_with_pictures(app: App, cloud: Cloud) -> None:
    app.start("superoffice://imagehome")
    assert "log in" in app.text("notice")
    sign_in(app, cloud)
    app.phone.picture = picture(CARD)
    app.view("superoffice://imagehome")
    app.click("scan_card")
    app.until_screen("Edit")
    assert app.text("field_Contact") == COMPANY
    cloud.role(ADA, "Read only")
    refetch(app)

    app.view("superoffice://imagehome")
    app.until_screen("Images")
    assert app.find("scan_card") is None


def test_a_camera_that_may_not_be_used_is_said_to_be_one(app: App) -> None:
    app.phone.denied.add("android.permission.CAMERA")
    app.start()
    app.click("scan_qr")

    assert "allow it" in app.text("notice")


def test_links_lead_to_records_and_ask_before_they_change_anything(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    app.phone.takes["tel"] = PACKAGE
    for entity in ("contact", "person", "appointment", "sale", "project"):
        app.view(f"superoffice://{entity}?{entity}_id=1")
        app.until(lambda entity=entity: f"-{entity}-000001" in app.texts())  # type: ignore[misc]
    writes = len([call for call in cloud.calls() if call.startswith("PATCH")])

    app.view("superoffice:appointment?appointment_id=1&accept")
    assert "accept" in app.text("confirm_text")
    app.click("confirm_no")
    app.until_screen("Detail")
    assert len([call for call in cloud.calls() if call.startswith("PATCH")]) == writes
    app.view("superoffice:appointment?appointment_id=1&accept")
    app.click("confirm_yes")
    assert "accepted" in app.text("notice")
    assert cloud.call("GET", "Appointment/1").json()["InvitationStatus"] == "Accepted"

    app.view("superoffice://person?person_id=1&call&callnumber=93466021")
    assert "93466021" in app.text("confirm_text")
    app.view("superoffice://diaryhome.year")
    assert "cannot be opened" in app.text("notice")


def test_more_rows_are_read_as_they_are_wanted(app: App, cloud: Cloud) -> None:
    app.start()
    sign_in(app, cloud)
    app.click("menu_persons")
    app.until_screen("Persons")
    count = items(app)
    app.click("more")

    app.until(lambda: items(app) == 2 * count)
    assert "rows=" in synced(app)


def rows(cloud: Cloud, resource: str, condition: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = cloud.call("GET", f"{resource}?$filter={condition}").json()["value"]
    return found


def scan(app: App) -> None:
    """A business card, as far as the form that it fills in."""
    contacts(app)
    app.phone.picture = picture(CARD)
    app.click("scan_card")
    app.until_screen("Edit")


def callers(app: App) -> set[tuple[int, str]]:
    with closing(sqlite3.connect(app.data / "databases" / "pocket.db")) as database:
        return set(database.execute("SELECT number, name FROM caller"))


def refetch(app: App) -> None:
    """Away and back again, until what that brings is there."""
    count = len(syncs(app))
    app.pause()
    app.resume()
    app.until(lambda: len(syncs(app)) > count, "a synchronisation")


def syncs(app: App) -> list[str]:
    return [log["message"] for log in app.logs if log["message"].startswith("sync finished")]


def contacts(app: App) -> None:
    app.click("menu_contacts")
    app.until_screen("Contacts")


def items(app: App) -> int:
    return str(app.frames[-1]).count("'item:person:")


def content_calls(cloud: Cloud) -> int:
    return sum(call.endswith("/Content") for call in cloud.calls())


def picture(text: str) -> bytes:
    code, out = io.BytesIO(), io.BytesIO()
    segno.make(text).save(code, kind="png", scale=6)
    Image.open(code).convert("RGB").save(out, "PNG")
    return out.getvalue()
