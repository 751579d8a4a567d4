"""A message of the tenant on its way through Apple's push service to the phone's screen."""

from typing import Any

import httpx

from drivers.controls import Control
from drivers.ios.phone import IosPhone
from drivers.tenant import Account, Tenant
from scenarios.screens import Menu
from scenarios.sign_in import sign_in
from tests.testbed.ios.iphone_rig import until

INVITATIONS = Control("push_invitations")


def test_who_allows_notifications_is_shown_what_the_tenant_pushes(
    phone: IosPhone, lane: dict[str, Any], tenant: Tenant
) -> None:
    ada: Account = tenant.account("ada")
    phone.forget_everything()
    phone.launch()
    sign_in(phone, ada)
    phone.tap(Menu.SETTINGS)
    phone.tap(Control("notifications"))
    phone.tap(INVITATIONS)
    until(lambda: phone.session.alert() is not None, "iOS asks")
    asked = str(phone.session.alert())
    phone.session.run("mobile: alert", action="accept", buttonLabel="Allow")
    until(lambda: "invitations=1" in str(devices(lane)), "the phone is registered")
    before = shown(lane)
    phone.go_home()
    message = {"Type": "AppointmentInvitation", "Title": "secret", "Message": "with Kari Berg"}

    admin(lane, "POST", "/push", {"email": ada.email, "message": message})
    until(lambda: bool(shown(lane)), "the notification", seconds=20)

    assert asked.startswith("“Mobile CRM” Would Like to Send You Notifications")
    assert "Apple" in str(devices(lane))
    assert before == []
    assert shown(lane) == ["Mobile CRM: You have a new invitation."]


def admin(lane: dict[str, Any], method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 -- each path's own
    cloud = lane["cloud"]
    headers = {"Authorization": f"Bearer {cloud['admin_token']}"}
    answer = httpx.request(method, f"{cloud['admin']}{path}", json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


def devices(lane: dict[str, Any]) -> Any:  # noqa: ANN401 -- as the cloud tells
    return admin(lane, "GET", "/devices")


def shown(lane: dict[str, Any]) -> list[str]:
    """What lies on the phone's lock screen."""
    row = lane["phone"]
    told = httpx.get(f"{row['control']}/", headers={"Authorization": f"Bearer {row['control_token']}"}).json()
    return [f"{one['title']}: {one['text']}" for one in told["notifications"]]
