"""The reference app on a phone: where links, messages, cards and callers lead, through the real driver."""

from typing import Any

import httpx
import pyotp

from drivers.android.phone import AndroidPhone
from drivers.controls import Control, Where, on_page
from drivers.tenant import Account, Tenant
from scenarios.configure import qr_picture
from scenarios.screens import Detail, Dialog, Diary, Document, Menu, Notice, Start, SuperId
from scenarios.sign_in import arrive, open_sign_in, sign_out
from suites.packets import Packets
from tests.drivers.links import ASKED, HOMES, HOSTILE, NO, RECORDS, until

MIA, GUS, KAI = "mia@solberg.test", "gus@havn.test", "kai@lyngen.test"
IN_LIBRARY, OPEN_ELSEWHERE = "superoffice://document?document_id=7", Control("open_elsewhere")
CARD = "BEGIN:VCARD\nVERSION:4.0\nFN:Kari Berg\nORG:Nyfjell AS\nTEL:+47 22 00 11 22\nEND:VCARD"


def test_links_lead_to_records_and_homes(at_work: AndroidPhone) -> None:
    for link, marker in RECORDS.items():
        at_work.open_link(link)
        until(lambda marker=marker: marker in at_work.text_of(Detail.TITLE), link)  # type: ignore[misc]
    at_work.open_link("superoffice://document?document_id=1")
    at_work.wait_for(Document.TEXT)
    assert "confidential" in at_work.text_of(Document.TEXT)
    for link, home in HOMES.items():
        at_work.open_link(link)
        at_work.wait_for(home)
    assert at_work.is_app_in_front()


def test_what_changes_something_is_asked_about_first(at_work: AndroidPhone, tenant: Tenant) -> None:
    at_work.open_link("superoffice://person?person_id=1&call&callnumber=93466021")
    at_work.wait_for(ASKED)
    assert "93466021" in at_work.text_of(ASKED)
    at_work.tap(NO)
    at_work.open_link("soprotocol://?crmOnline=true&superId=https://stage.superoffice.test")
    until(lambda: "stage.superoffice.test" in at_work.text_of(ASKED), "the question")
    at_work.tap(NO)
    for answer in ("accept", "reject"):
        at_work.open_link(f"superoffice:appointment?appointment_id=1&{answer}")
        until(lambda answer=answer: f"{answer} this" in at_work.text_of(ASKED), answer)  # type: ignore[misc]
        at_work.tap(NO)
    assert writes(tenant) == []

    at_work.open_link("superoffice:appointment?appointment_id=1&accept")
    at_work.wait_for(ASKED)
    at_work.tap(Dialog.YES)
    at_work.wait_for(Notice.TEXT)
    assert "accepted" in at_work.text_of(Notice.TEXT)
    assert len(writes(tenant)) == 1


def test_hostile_links_lead_nowhere(at_work: AndroidPhone) -> None:
    for link in HOSTILE:
        at_work.tap(Menu.DIARY)
        at_work.open_link(link)
        at_work.wait_for(Notice.TEXT)
        said = at_work.text_of(Notice.TEXT)
        assert "cannot be opened" in said or "refused" in said, f"{link}: {said}"
    assert at_work.is_app_in_front()


def test_a_card_before_the_camera_becomes_a_person_with_a_company(at_work: AndroidPhone, tenant: Tenant) -> None:
    at_work.show_to_camera(qr_picture(CARD))
    at_work.open_link("superoffice://imagehome")
    at_work.tap(Control("scan_card"))
    at_work.wait_for(Control("field_Contact"))
    assert at_work.text_of(Control("field_Contact")) == "Nyfjell AS"

    at_work.tap(Control("save"))
    until(lambda: "Kari Berg" in at_work.text_of(Detail.TITLE), "the new person")
    assert [call.path.rpartition("/")[2] for call in tenant.served() if call.method == "POST"][-3:].count(
        "Contact"
    ) == 1


def test_messages_come_the_phones_own_way_and_callers_are_known(
    at_work: AndroidPhone, lane: dict[str, Any], packets: Packets, ada: Account
) -> None:
    before = packets.round_the_proxy()  # of tests that take the proxy away
    at_work.tap(Menu.SETTINGS)
    at_work.tap(Control("caller_id"))
    at_work.tap(Control("caller_id_on"))
    until(lambda: not at_work.text_of(Control("callers")).startswith("0 "), "numbers")
    at_work.tap(Control("back"))
    at_work.tap(Control("notifications"))
    at_work.tap(Control("push_invitations"))
    at_work.tap(Control("permission_allow_button", Where.SYSTEM))
    with admin(lane) as cloud:
        until(lambda: "invitations=1" in cloud.get("/devices").text, "the registration")
        message = {"Type": "AppointmentInvitation", "Title": "mk-10001"}
        assert cloud.post("/push", json={"email": ada.email, "message": message}).is_success
    shade = "dumpsys", "notification", "--noredact"
    until(lambda: "You have a new invitation." in at_work.adb.shell(*shade), "the notification")

    assert packets.round_the_proxy() == before
    assert packets.unknown_hosts() == []
    assert "mk-10001" not in at_work.adb.shell(*shade)


def test_a_user_of_microsoft_passes_adfs_and_a_second_factor(at_work: AndroidPhone, lane: dict[str, Any]) -> None:
    """From here on others sign in; documents in Microsoft 365 open for this one."""
    with admin(lane) as cloud:
        cloud.put(f"/accounts/{MIA}/second-factor", json={"wanted": True}).raise_for_status()
        mia = account(cloud, MIA)
        began = len(cloud.get("/evidence").json())
    announce(at_work, MIA)
    at_work.enter(on_page("passwordInput"), mia["password"])
    at_work.tap(on_page("submitButton"))
    at_work.enter(on_page("verificationCodeInput"), pyotp.TOTP(mia["totp_seed"]).now())
    at_work.tap(on_page("signInButton"))

    arrive(at_work)
    assert {"login.microsoft.test", "sts.solberg.test", "id.superoffice.test"} <= hosts_since(lane, began)
    at_work.open_link(IN_LIBRARY)
    at_work.wait_for(Document.TEXT)
    assert "Open it at its address" in at_work.text_of(Document.TEXT)
    at_work.tap(OPEN_ELSEWHERE)
    at_work.wait_for(on_page("notice"))
    assert "mk-m365-document-000001" in at_work.text_of(on_page("notice"))


def test_a_user_of_a_provider_of_their_own_chooses_an_account_there(
    at_work: AndroidPhone, lane: dict[str, Any]
) -> None:
    """The page is an independent library's, whose button has no id; a person presses the keyboard's own key."""
    with admin(lane) as cloud:
        began = len(cloud.get("/evidence").json())
    announce(at_work, KAI)
    at_work.tap(on_page("subject-input"))
    at_work.enter(on_page("subject-input"), KAI)
    at_work.adb.shell("input", "keyevent", "KEYCODE_ENTER")

    arrive(at_work)
    assert "login.lyngen.test" in hosts_since(lane, began)


def test_a_user_of_google_signs_in_there_until_the_administrator_retracts_it(
    at_work: AndroidPhone, lane: dict[str, Any]
) -> None:
    """The last one, as it puts the cloud's clock ahead of the phone's."""
    with admin(lane) as cloud:
        password = account(cloud, GUS)["password"]
        began = len(cloud.get("/evidence").json())
    announce(at_work, GUS)
    at_work.enter(on_page("password"), password)
    at_work.tap(on_page("passwordNext"))
    arrive(at_work)
    assert "accounts.google.test" in hosts_since(lane, began)
    at_work.open_link(IN_LIBRARY)
    at_work.wait_for(Document.TEXT)
    assert "Sign in with Microsoft" in at_work.text_of(Document.TEXT)

    with admin(lane) as cloud:
        cloud.post(f"/accounts/{GUS}/retract").raise_for_status()
        cloud.post("/clock", json={"advance_seconds": 3700}).raise_for_status()  # what was issued before lives its hour
    at_work.stop_app()
    at_work.launch()
    at_work.wait_for(Start.LOG_IN)
    with admin(lane) as cloud:
        cloud.post(f"/accounts/{GUS}/restore").raise_for_status()


def announce(phone: AndroidPhone, email: str) -> None:
    """Whoever is in signs out, and somebody else gives an e-mail address."""
    if not phone.sees(Start.LOG_IN):
        phone.open_link("superoffice://diaryhome")
        phone.wait_for(Diary.TITLE)
        sign_out(phone)
    open_sign_in(phone)
    phone.enter(SuperId.EMAIL, email)
    phone.tap(SuperId.NEXT)


def account(cloud: httpx.Client, email: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in cloud.get("/accounts").json() if each["email"] == email)
    return found


def hosts_since(lane: dict[str, Any], began: int) -> set[str]:
    with admin(lane) as cloud:
        return {each["host"] for each in cloud.get("/evidence", params={"since": began}).json()}


def writes(tenant: Tenant) -> list[str]:
    return [call.path for call in tenant.served() if call.method == "PATCH"]


def admin(lane: dict[str, Any]) -> httpx.Client:
    cloud = lane["cloud"]
    headers = {"Authorization": f"Bearer {cloud['admin_token']}"}
    return httpx.Client(base_url=cloud["admin"], headers=headers, trust_env=False)
