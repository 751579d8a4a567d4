"""Central Services, the push services, and the crash sink."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import httpx
import pytest
import segno
from PIL import Image, ImageFilter

from tests.testbed.cloud.cloud_visitor import API, Cloud, tokens_for

CENTRAL = "https://central.superoffice.test"
CARDS, DEVICES = f"{CENTRAL}/v1/cards", f"{CENTRAL}/v1/push/devices"
APPLE, GOOGLE = "https://courier.push.apple.test/listen", "https://mtalk.google.test/listen"
SINK = "https://in.appcenter.test/logs"
ADA, BOB = "ada@nordlys.test", "bob@nordlys.test"
VCARD = "\r\n".join(  # noqa: FLY002 -- a line each, as the RFC prints them
    (
        "BEGIN:VCARD",
        "VERSION:3.0",
        "N:Berg;Kari",
        "FN:Kari Berg",
        "ORG:Fjell\\, Data AS",
        "TITLE:Buyer",
        "TEL;TYPE=WORK:+47 22 33 44 55",
        "EMAIL:kari@fjelldata.test",
        "END:VCARD",
    )
)


def photo(text: str, kind: str = "JPEG") -> bytes:
    """A card on a table as a camera sees it: turned a little, blurred, compressed."""
    made = BytesIO()
    segno.make(text, micro=False).save(made, kind="png", scale=6, border=4)
    card = Image.open(made).convert("RGB")
    table = Image.new("RGB", (1200, 900), "#8a7")
    table.paste(card, (200, 150))
    taken = BytesIO()
    table.rotate(7, fillcolor="#8a7").filter(ImageFilter.GaussianBlur(1.2)).save(taken, kind, quality=60)
    return taken.getvalue()


def device(**changes: str) -> dict[str, object]:
    info = {"DeviceIdentifier": "phone-1", "PNSHandle": "a" * 64, "Platform": "Apple", "DeviceName": "Ada's phone"}
    return {"DeviceInfo": info | changes}


def scan(app: httpx.Client, body: bytes, kind: str = "image/jpeg") -> httpx.Response:
    return app.post(CARDS, content=body, headers={"Content-Type": kind})


def test_a_photo_of_a_card_comes_back_as_fields(ada: httpx.Client) -> None:
    answer = scan(ada, photo(VCARD))

    assert answer.json()["Fields"] == {
        "FullName": "Kari Berg",
        "Company": "Fjell, Data AS",
        "Title": "Buyer",
        "Phone": "+47 22 33 44 55",
        "Email": "kari@fjelldata.test",
    }


def test_a_mecard_will_do(ada: httpx.Client) -> None:
    fields = scan(ada, photo("MECARD:N:Berg,Kari;TEL:+4722334455;EMAIL:kari@fjelldata.test;;")).json()["Fields"]

    assert fields == {"FullName": "Berg,Kari", "Phone": "+4722334455", "Email": "kari@fjelldata.test"}


def test_the_scanner_is_for_those_who_are_signed_in(client: httpx.Client) -> None:
    assert scan(client, photo(VCARD)).status_code == 401


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"no picture", "image/jpeg", 400),
        (b"", "image/jpeg", 400),
        (photo(VCARD)[:3000], "image/jpeg", 400),
        (photo(VCARD, "PNG"), "image/jpeg", 400),
        (photo(VCARD), "application/octet-stream", 415),
        (photo("https://hostile.example/"), "image/jpeg", 422),
    ],
    ids=["text", "nothing", "half", "png", "type", "no card"],
)
def test_what_is_no_card_is_refused(ada: httpx.Client, body: bytes, kind: str, status: int) -> None:
    answer = scan(ada, body, kind)

    assert (answer.status_code, answer.json()["Error"]) == (status, True)


def test_a_large_photo_is_taken_and_a_larger_one_is_not(ada: httpx.Client) -> None:
    assert scan(ada, photo(VCARD) + b"\0" * 3_000_000).status_code == 200
    assert scan(ada, b"\0" * 10_000_001).status_code == 413


@contextmanager
def listening(
    phone: httpx.Client, place: str = APPLE, **asked: str
) -> Iterator[tuple[str, Iterator[dict[str, object]]]]:
    """A phone's connection to a push service: its handle, and what comes."""
    query = {"device": "phone-1", "topic": "no.superoffice.mobile"} | asked
    with phone.stream("GET", place, params=query) as stream:
        lines = (json.loads(line) for line in stream.iter_lines() if line)
        yield next(lines)["handle"], lines


@pytest.mark.parametrize(("place", "platform"), [(APPLE, "Apple"), (GOOGLE, "Google")])
def test_a_message_reaches_the_phone_that_registered(
    cloud: Cloud, client: httpx.Client, ada: httpx.Client, place: str, platform: str
) -> None:
    with listening(client, place) as (handle, messages):
        ada.post(DEVICES, json=device(PNSHandle=handle, Platform=platform)).raise_for_status()
        sent = cloud.admin.post("/push", json={"email": ADA, "message": {"Title": "Meeting"}}).json()
        received = next(messages)

    assert sent == {"sent": 1}
    assert (received["topic"], received["payload"]) == ("no.superoffice.mobile", {"Title": "Meeting"})


def test_a_phone_out_of_reach_gets_its_messages_later_and_none_twice(cloud: Cloud, client: httpx.Client) -> None:
    with listening(client) as (handle, _):
        pass
    for title in ("first", "second"):
        order = {"service": "apple", "handle": handle, "message": {"Title": title}}
        assert cloud.admin.post("/push", json=order).json() == {"sent": 1}

    with listening(client) as (again, messages):
        first = next(messages)
        assert next(messages)["payload"] == {"Title": "second"}
    with listening(client, after=str(first["id"])) as (_, messages):
        assert next(messages)["payload"] == {"Title": "second"}

    assert (again, first["payload"]) == (handle, {"Title": "first"})


def test_handles_are_of_one_app_on_one_device_at_one_service(client: httpx.Client) -> None:
    handles = set()
    for place, asked in ((APPLE, {}), (APPLE, {"device": "phone-2"}), (APPLE, {"topic": "other"}), (GOOGLE, {})):
        with listening(client, place, **asked) as (handle, _):
            handles.add(handle)

    assert len(handles) == 4


def test_nobody_is_sent_what_another_user_of_the_phone_registered_for(
    cloud: Cloud, client: httpx.Client, ada: httpx.Client
) -> None:
    with listening(client) as (handle, _):
        ada.post(DEVICES, json=device(PNSHandle=handle)).raise_for_status()

    assert cloud.admin.post("/push", json={"email": BOB, "message": {}}).json() == {"sent": 0}
    assert ada.delete(f"{DEVICES}/phone-1").status_code == 204
    assert cloud.admin.post("/push", json={"email": ADA, "message": {}}).json() == {"sent": 0}


@pytest.mark.parametrize("place", [APPLE, GOOGLE])
def test_the_push_services_only_send(client: httpx.Client, place: str) -> None:
    assert client.post(place, json={"anything": 1}).status_code == 405
    assert client.get(place.replace("listen", "other")).status_code == 404
    assert client.get(place).status_code == 400
    assert client.get(place, params={"device": "x", "topic": "y", "after": "-1"}).status_code == 400


def test_tags_say_which_messages_are_wanted(cloud: Cloud, ada: httpx.Client) -> None:
    ada.post(DEVICES, json=device()).raise_for_status()

    answer = ada.put(f"{DEVICES}/phone-1/tags", json={"Tags": ["invitations=0", "meetings=1"]}).json()

    assert answer["Tags"] == ["invitations=0", "meetings=1"]
    (kept,) = cloud.admin.get("/devices").json()
    assert (kept["email"], kept["tags"]) == (ADA, ["invitations=0", "meetings=1"])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"DeviceInfo": []},
        {"DeviceInfo": {"DeviceIdentifier": "x"}},
        device(Platform="Nokia"),
        device(PNSHandle="short"),
        device(Owner="me"),
        device(DeviceName="x" * 501),
    ],
)
def test_a_device_that_is_none_is_not_registered(cloud: Cloud, ada: httpx.Client, body: dict[str, object]) -> None:
    answer = ada.post(DEVICES, json=body)

    assert (answer.status_code, answer.json()["Error"]) == (400, True)
    assert cloud.admin.get("/devices").json() == []


def crash(**changes: object) -> dict[str, object]:
    log = {
        "type": "managedError",
        "timestamp": "2026-01-01T10:00:00Z",
        "appLaunchTimestamp": "2026-01-01T09:00:00Z",
        "id": str(uuid.uuid4()),
        "processId": 7,
        "processName": "no.superoffice.mobile",
        "fatal": True,
        "device": {"appVersion": "11.1.12", "sdkName": "appcenter.maui", "osName": "Android"},
    }
    return {"logs": [log | changes]}


def report(client: httpx.Client, body: object, **changes: str) -> httpx.Response:
    headers = {"App-Secret": str(uuid.uuid4()), "Install-ID": str(uuid.uuid4())} | changes
    return client.post(SINK, params={"Api-Version": "1.0.0"}, json=body, headers=headers)


def test_a_crash_is_taken_and_kept_as_it_came(cloud: Cloud, client: httpx.Client) -> None:
    body = crash()

    answer = report(client, body).json()

    (kept,) = cloud.admin.get("/crashes").json()
    assert answer["status"] == "Success"
    assert answer["validDiagnosticsIds"] == [body["logs"][0]["id"]]
    assert (json.loads(kept["body"]), kept["types"]) == (body, ["managedError"])


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"logs": []}, {}),
        ({}, {}),
        ([], {}),
        (crash(type="gossip"), {}),
        (crash(device=None), {}),
        ({"logs": [{"type": "appleError", "device": {}, "timestamp": "now"}]}, {}),
        (crash(), {"App-Secret": "mine"}),
        (crash(), {"Install-ID": ""}),
        (crash(), {"Content-Type": "text/plain"}),
    ],
)
def test_what_is_no_report_is_refused_and_not_kept(
    cloud: Cloud, client: httpx.Client, body: object, headers: dict[str, str]
) -> None:
    answer = report(client, body, **headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")
    assert cloud.admin.get("/crashes").json() == []


def test_the_sink_may_answer_oddly(cloud: Cloud, client: httpx.Client) -> None:
    order = {
        "kind": "reply",
        "host": "in.appcenter.test",
        "path": "/logs",
        "status": 200,
        "headers": {"Content-Type": "application/json", "X-Odd": "1"},
        "body": '{"run": "this"}',
        "times": 1,
    }
    cloud.admin.post("/faults", json=order).raise_for_status()

    odd, plain = report(client, crash()), report(client, crash())

    assert (odd.text, odd.headers["x-odd"]) == ('{"run": "this"}', "1")
    assert plain.json()["status"] == "Success"


def test_central_services_and_the_sink_are_strict_about_places(ada: httpx.Client) -> None:
    assert ada.get(CARDS).status_code == 405
    assert ada.post(f"{CENTRAL}/v2/cards").status_code == 404
    assert ada.get(f"{CENTRAL}/Cust10001/api/v1/Contact").status_code == 421
    assert ada.post(f"{API}/cards").status_code == 404


def test_a_token_of_any_tenant_opens_the_scanner_but_a_dead_one_does_not(cloud: Cloud) -> None:
    token = tokens_for(cloud, "cid@fjordtech.test")["access_token"]
    with cloud.client(headers={"Authorization": f"Bearer {token}"}) as app:
        assert scan(app, photo(VCARD)).status_code == 200
        cloud.admin.post("/clock", json={"advance_seconds": 3601})

        assert scan(app, photo(VCARD)).status_code == 401
