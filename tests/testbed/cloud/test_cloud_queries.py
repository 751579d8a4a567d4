"""Filters, order, full mode and time zones of the lists."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.testbed.cloud.cloud_visitor import API
from tests.testbed.cloud.test_cloud_web_api import assert_documented_error, everything

Line = dict[str, Any]
TODAY = datetime.now(ZoneInfo("Europe/Oslo")).date().isoformat()
DAY = (datetime.now(ZoneInfo("Europe/Oslo")) - timedelta(days=20)).date().isoformat()
TOMORROW = (datetime.fromisoformat(DAY) + timedelta(days=1)).date().isoformat()


@pytest.mark.parametrize(
    ("resource", "condition", "wanted"),
    [
        ("Contact", "contactId eq 7", lambda line: line["contactId"] == 7),
        ("Contact", "contactId = 7", lambda line: line["contactId"] == 7),
        ("Contact", "contactId ne 7", lambda line: line["contactId"] != 7),
        ("Contact", "contactId lt 9", lambda line: line["contactId"] < 9),
        ("Contact", "contactId le 9", lambda line: line["contactId"] <= 9),
        ("Contact", "contactId gt 250", lambda line: line["contactId"] > 250),
        ("Contact", "contactId ge 250 and contactId less 260", lambda line: 250 <= line["contactId"] < 260),
        ("Contact", "contactId between (20, 30)", lambda line: 20 <= line["contactId"] <= 30),
        ("Contact", "contactId oneOf (1,2, 3)", lambda line: line["contactId"] in {1, 2, 3}),
        ("Contact", "contactId notOneOf (1,2)", lambda line: line["contactId"] not in {1, 2}),
        ("Contact", "category oneOf (2,3)", lambda line: line["category"] in {"Vendor", "Partner"}),
        ("Contact", "category eq 2", lambda line: line["category"] == "Vendor"),
        ("Contact", "name contains 'BYGG'", lambda line: "bygg" in line["name"]),
        ("Contact", "name notContains 'bygg'", lambda line: "bygg" not in line["name"]),
        ("Contact", "name begins 'Fjell'", lambda line: line["name"].startswith("Fjell")),
        ("Contact", "name notBegins 'Fjell'", lambda line: not line["name"].startswith("Fjell")),
        ("Contact", "department is 'bergen'", lambda line: line["department"] == "Bergen"),
        ("Contact", "department isNot 'Bergen'", lambda line: line["department"] != "Bergen"),
        ("Contact", "department is 'At the customer''s'", lambda line: line["department"] == "At the customer's"),
        ("Contact", "department oneOf ('Oslo','Bergen')", lambda line: line["department"] in {"Oslo", "Bergen"}),
        ("Contact", "phone/formattedNumber contains '00'", lambda line: "00" in line["phone/formattedNumber"]),
        ("Contact", "name contains '%'", lambda _: False),
        ("Contact", "name contains '_'", lambda _: False),
        ("Contact", "associateId currentAssociate", lambda line: line["associateId"] == 11),
        (
            "Contact",
            "(contactId eq 1 or contactId eq 2) and name contains 'mk' or contactId eq 3",
            lambda line: line["contactId"] in {1, 2, 3},
        ),
        ("Sale", "amount ge 500000.5", lambda line: line["amount"] >= 500_000.5),
        ("Sale", "saleStatus is 'Open'", lambda line: line["saleStatus"] == "Open"),
        ("Appointment", f"date before '{DAY}'", lambda line: line["date"] < DAY),
        ("Appointment", f"date beforeOrEqual '{DAY}'", lambda line: line["date"] < TOMORROW),
        ("Appointment", f"date after '{DAY}'", lambda line: line["date"] >= TOMORROW),
        ("Appointment", f"date date '{DAY}'", lambda line: line["date"].startswith(DAY)),
        ("Appointment", f"date dateBetween ('{DAY}','{TOMORROW}')", lambda line: line["date"][:10] in {DAY, TOMORROW}),
        ("Appointment", f"date afterTime '{DAY}T12:00:00'", lambda line: line["date"] > f"{DAY}T12:00:00.000"),
        ("Appointment", f"date beforeTime '{DAY}T12:00:00'", lambda line: line["date"] < f"{DAY}T12:00:00.000"),
        ("Appointment", "date beforeToday", lambda line: line["date"] < TODAY),
        ("Appointment", "date today", lambda line: line["date"].startswith(TODAY)),
        ("Appointment", "date afterToday", lambda line: line["date"][:10] > TODAY),
    ],
)
def test_a_filter_keeps_what_it_says(
    ada: httpx.Client, resource: str, condition: str, wanted: Callable[[Line], bool]
) -> None:
    everybody = everything(ada, resource)

    found = everything(ada, resource, **{"$filter": condition, "$top": "90"})

    assert found == [line for line in everybody if wanted(line)]


def test_lists_come_in_the_order_asked_for(ada: httpx.Client) -> None:
    lines = everything(ada, "Contact", **{"$orderBy": "department desc, name", "$top": "100"})

    keys = [(line["department"], line["name"]) for line in lines]
    assert keys == sorted(sorted(keys, key=lambda key: key[1]), key=lambda key: key[0], reverse=True)
    assert len(lines) == len(everything(ada, "Contact"))


def test_the_next_link_repeats_the_whole_question(ada: httpx.Client) -> None:
    asked = {
        "$select": "name",
        "$filter": "name contains 'bygg' and contactId gt 1",
        "$orderBy": "name desc",
        "$mode": "Full",
    }

    lines = everything(ada, "Contact", **asked, **{"$top": "5"})

    assert lines == ada.get(f"{API}/Contact", params=asked).json()["value"]
    assert len(lines) > 5


def test_full_mode_tells_raw_and_shown_values_and_rights(ada: httpx.Client) -> None:
    slim = ada.get(f"{API}/Contact", params={"$top": "1"}).json()["value"][0]
    line = ada.get(f"{API}/Contact", params={"$top": "1", "$mode": "FULL", "$select": "name,category"}).json()["value"][
        0
    ]

    assert set(line) == {"PrimaryKey", "EntityName", "StyleHint", "LinkHint", "TableRight", "Column"}
    assert (line["PrimaryKey"], line["TableRight"]) == ("1", {"Mask": "FULL", "Reason": ""})
    assert set(line["Column"]) == {"name", "category"}
    category = line["Column"]["category"]
    assert set(category) == {"RawValue", "DisplayValue", "LinkHint", "TooltipHint"}
    assert (type(category["RawValue"]), category["DisplayValue"]) == (int, slim["category"])


def test_dates_come_in_the_zone_asked_for_and_go_back_the_same(ada: httpx.Client) -> None:
    body = {"StartDate": "2026-12-24T12:34:45"}
    new_york = {"SO-TimeZone": "US-NY"}

    made = ada.post(f"{API}/Appointment", json=body, headers=new_york).json()
    place = f"{API}/Appointment/{made['AppointmentId']}"

    assert made["StartDate"] == "2026-12-24T12:34:45.000"
    assert ada.get(place).json()["StartDate"] == "2026-12-24T18:34:45.000"
    # the offset of the summer is another one
    summer = ada.patch(place, json={"StartDate": "2026-07-01T12:00:00Z"}).json()
    assert summer["StartDate"] == "2026-07-01T14:00:00.000"
    told = ada.get(place, headers={"SO-TimeZone": "460, includeTZOffset"}).json()
    assert told["StartDate"] == "2026-07-01T08:00:00.000-0400"
    assert told["UpdatedDate"] == summer["UpdatedDate"] + "+0000"
    assert ada.put(place, json=told, headers=new_york).json()["StartDate"] == "2026-07-01T08:00:00.000"
    assert ada.get(place).json()["StartDate"] == summer["StartDate"]


def test_a_list_and_its_filter_are_in_the_zone_asked_for(ada: httpx.Client) -> None:
    made = ada.post(f"{API}/Appointment", json={"StartDate": "2030-01-01T12:00:00"}).json()
    asked = {"$filter": "date dateTime '2030-01-01T06:00:00'", "$select": "date"}

    lines = ada.get(f"{API}/Appointment", params=asked, headers={"SO-TimeZone": "US-NY"}).json()["value"]

    assert lines == [
        {"PrimaryKey": str(made["AppointmentId"]), "EntityName": "appointment", "date": "2030-01-01T06:00:00.000"}
    ]


@pytest.mark.parametrize("zone", ["XX", "", "NO, sometimes", "US-NY, includeTZOffset, x"])
def test_an_unknown_zone_is_refused(ada: httpx.Client, zone: str) -> None:
    unchanged = {"If-Modified-Since": "Tue, 19 Jan 2038 00:00:00 GMT"}
    assert_documented_error(ada.get(f"{API}/Appointment/1", headers={"SO-TimeZone": zone}), 400)
    assert_documented_error(ada.get(f"{API}/Appointment/1", headers={"SO-TimeZone": zone, **unchanged}), 400)
    assert_documented_error(ada.get(f"{API}/Appointment", headers={"SO-TimeZone": zone}), 400)


def test_time_zones_are_told(ada: httpx.Client) -> None:
    zones = {each["timeZone"]: each for each in ada.get(f"{API}/TimeZone").json()["value"]}
    base = ada.get(f"{API}/TimeZone/base").json()
    current = ada.get(f"{API}/TimeZone/current", headers={"SO-TimeZone": "DK"}).json()

    assert (zones["NO"]["id"], zones["NO"]["offset"], zones["NO"]["daylight"]) == (261, "+1:00", "+2:00")
    assert (zones["US-HI"]["offset"], zones["US-HI"]["daylight"]) == ("-10:00", "")
    assert (base["TZLocationCode"], current["TZLocationCode"]) == ("NO", "DK")


def test_lists_to_choose_from(ada: httpx.Client) -> None:
    items = ada.get(f"{API}/List/Category/Items").json()
    menu = ada.get(f"{API}/MDOList/category", params={"flat": "True"}).json()

    assert (
        [each["Name"] for each in items] == [each["Name"] for each in menu] == ["Customer", "Vendor", "Partner", "Lead"]
    )
    assert "category" in ada.get(f"{API}/MDOList").json()
    assert_documented_error(ada.get(f"{API}/List/Unheard/Items"), 404)
    assert_documented_error(ada.get(f"{API}/MDOList/unheard"), 404)
    assert_documented_error(ada.get(f"{API}/MDOList/category", params={"deep": "1"}), 400)
