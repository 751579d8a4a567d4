"""The mobile client's own agent, its preferences, and who it says it is."""

import httpx
import pytest

from tests.testbed.cloud.cloud_visitor import API, Cloud
from tests.testbed.cloud.test_cloud_web_api import assert_documented_error

AGENT = f"{API}/Agents/Pocket"
DEVICE = {"DeviceIdentifier": "phone-1", "PNSHandle": "h" * 32, "Platform": "Google", "DeviceName": "Virtual"}
ALARM = f"{API}/Preference/DiaryView/DefaultAlarmTime"
LOGOUT = f"{API}/Preference/PocketTasks/AutoLogoutTime"
LAB = "/tenants/Cust10001/preferences/DiaryView/DefaultAlarmTime"


def test_startup_data_tells_rights_in_the_order_asked_for(cloud: Cloud, bob: httpx.Client) -> None:
    cloud.admin.put("/accounts/bob@nordlys.test/role", json={"tenant": "Cust10001", "role": "Field sales"})

    body = {"Tables": ["sale", "Contact", "appointment"], "CurrentClientTime": "2026-01-01T00:00:00"}
    data = bob.post(f"{AGENT}/GetPocketStartupData", json=body, headers={"SO-TimeZone": "US-NY"}).json()

    assert data["TableRights"] == ["None", "Select, Filtering", "FULL"]
    assert data["BaseLocaleTimeZoneData"]["TZLocationCode"] == "NO"
    assert data["PhoneLocaleTimeZoneData"]["TZLocationCode"] == "US-NY"
    assert data["OverdueSalesCount"] == 0


def test_overdue_sales_are_counted_by_the_clients_own_time(ada: httpx.Client) -> None:
    counts = [
        ada.post(f"{AGENT}/GetPocketStartupData", json={"CurrentClientTime": at}).json()["OverdueSalesCount"]
        for at in ("2000-01-01T00:00:00", "2100-01-01T00:00:00")
    ]

    assert counts[0] == 0 < counts[1]


@pytest.mark.parametrize(("call", "body"), [("GetMyCallerIDs", {}), ("GetCallerIDsFromSelection", {"SelectionId": 1})])
def test_caller_ids_come_once_and_then_null(ada: httpx.Client, call: str, body: dict[str, object]) -> None:
    found = ada.post(f"{AGENT}/{call}", json=body).json()
    again = ada.post(f"{AGENT}/{call}", json={**body, "LastHash": found["CallerIDHash"]})
    numbers = [each["PhoneNumber"] for each in found["CallerIDs"]]
    ada.patch(f"{API}/Contact/1", json={"Phones": [{"Value": "+47 99 88 77 66"}]})
    first = next((each["PersonId"] for each in found["CallerIDs"] if each["PersonId"]), 1)
    ada.patch(f"{API}/Person/{first}", json={"MobilePhones": [{"Value": "+47 99 88 77 66"}]})
    changed = ada.post(f"{AGENT}/{call}", json={**body, "LastHash": found["CallerIDHash"]}).json()

    assert numbers == sorted(numbers)
    assert len(numbers) > 10
    assert (again.status_code, again.json()) == (200, None)
    assert 99887766 in {each["PhoneNumber"] for each in changed["CallerIDs"]}


def test_an_agent_answers_what_it_does_not_find_with_null(ada: httpx.Client) -> None:
    calls = {
        "GetCallerIDsFromSelection": {"SelectionId": 99999},
        "GetPushNotificationTagsForDevice": {"DeviceIdentifier": "unheard"},
        "SetPushNotificationTagsForDevice": {"DeviceIdentifier": "unheard", "Tags": "meetings=1"},
        "GetRegisteredDevices": {"AssociateId": 12},
    }

    answers = [ada.post(f"{AGENT}/{call}", json=body) for call, body in calls.items()]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, None)] * len(calls)


def test_a_registered_phone_is_known_to_central_services_too(cloud: Cloud, ada: httpx.Client) -> None:
    registered = ada.post(f"{AGENT}/RegisterDeviceForPushNotification", json={"DeviceInfo": DEVICE})
    tagged = ada.post(
        f"{AGENT}/SetPushNotificationTagsForDevice",
        json={"DeviceIdentifier": "phone-1", "Tags": "invitations=0,meetings=1"},
    )

    assert (registered.status_code, tagged.status_code) == (204, 204)
    assert ada.post(f"{AGENT}/GetRegisteredDevices", json={}).json() == [DEVICE]
    tags = ada.post(f"{AGENT}/GetPushNotificationTagsForDevice", json={"DeviceIdentifier": "phone-1"}).json()
    assert tags == "invitations=0,meetings=1"
    (device,) = cloud.admin.get("/devices").json()
    assert (device["email"], device["identifier"]) == ("ada@nordlys.test", "phone-1")


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("GetPocketStartupData", {"Tables": [1]}),
        ("GetPocketStartupData", {"Tables": {}}),
        ("GetPocketStartupData", {"CurrentClientTime": "now"}),
        ("GetMyCallerIDs", {"LastHash": 1}),
        ("GetMyCallerIDs", {"MinDate": "x"}),
        ("GetCallerIDsFromSelection", {"SelectionId": "1"}),
        ("RegisterDeviceForPushNotification", {"DeviceInfo": {}}),
        ("RegisterDeviceForPushNotification", {"DeviceInfo": None}),
        ("SetPushNotificationTagsForDevice", {"DeviceIdentifier": "phone-1", "Tags": "loud"}),
        ("SetPushNotificationTagsForDevice", {"Tags": "meetings=1"}),
        ("GetPushNotificationTagsForDevice", {}),
        ("GetRegisteredDevices", {"AssociateId": "me"}),
    ],
)
def test_a_wrong_call_of_the_agent_is_refused(ada: httpx.Client, call: str, body: dict[str, object]) -> None:
    ada.post(f"{AGENT}/RegisterDeviceForPushNotification", json={"DeviceInfo": DEVICE})

    assert_documented_error(ada.post(f"{AGENT}/{call}", json=body), 400)


def test_the_preference_nearest_to_the_user_wins(cloud: Cloud, ada: httpx.Client, bob: httpx.Client) -> None:
    seen = [(ada.get(ALARM).json()["Level"], ada.get(ALARM).json()["RawValue"])]
    steps = [
        ("SystemWide", "", "1"),
        ("Database", "", "2"),
        ("Group", "2", "3"),
        ("PC", "", "4"),
        ("Individual", "11", "5"),
    ]
    for level, owner, value in steps:
        cloud.admin.put(LAB, json={"value": value, "level": level, "owner": owner}).raise_for_status()
        seen.append((ada.get(ALARM).json()["Level"], ada.get(ALARM).json()["RawValue"]))

    assert seen == [("HardDefault", "15"), *((level, value) for level, _, value in steps)]
    # bob's number is even: he is in the other group, and the value of ada alone is not his
    assert bob.get(ALARM).json()["RawValue"] == "4"
    assert ada.get(f"{ALARM}/Group").json() == "3"
    cloud.admin.delete(LAB, params={"level": "Individual", "owner": "11"}).raise_for_status()
    assert ada.get(ALARM).json()["RawValue"] == "4"


def test_users_set_their_own_and_administrators_everybodys(ada: httpx.Client, bob: httpx.Client) -> None:
    own = bob.put(ALARM, json={"RawValue": "30"})
    refused = bob.put(f"{ALARM}/SystemWide", params={"value": "45"})
    for_all = ada.post(f"{ALARM}/SystemWide", params={"value": "45"})

    assert (own.status_code, for_all.status_code) == (204, 204)
    assert_documented_error(refused, 403)
    assert [app.get(ALARM).json()["RawValue"] for app in (ada, bob)] == ["45", "30"]


def test_mobile_crms_preferences_are_for_all_or_for_nobody(ada: httpx.Client, bob: httpx.Client) -> None:
    assert_documented_error(bob.put(LOGOUT, json={"RawValue": "1"}), 403)
    assert_documented_error(ada.put(LOGOUT, json={"RawValue": "1", "Level": "Individual"}), 400)
    assert_documented_error(ada.put(LOGOUT, json={"RawValue": "soon"}), 400)
    assert_documented_error(ada.put(f"{API}/Preference/PocketTasks/Unheard", json={"RawValue": "1"}), 404)
    assert ada.put(LOGOUT, json={"RawValue": "1"}).status_code == 204
    assert bob.get(LOGOUT).json()["Level"] == "SystemWide"
    assert len(ada.get(f"{API}/Preference/PocketTasks").json()) == 3 < len(ada.get(f"{API}/Preference").json())


def test_the_principal_has_its_documented_fields(ada: httpx.Client) -> None:
    principal = ada.get(f"{API}/User/currentPrincipal").json()

    wanted = {"UserType", "Associate", "AssociateId", "RoleType", "Licenses", "FunctionRights", "ProvidedCredentials"}
    assert wanted <= set(principal)
    assert (principal["AssociateId"], principal["GroupId"], principal["RoleName"]) == (11, 2, "Administrator")
