"""A cloud that is killed under load has kept all that it said it had."""

import os
import signal
import sqlite3
import threading
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.testbed.cloud.cloud_visitor import API, TOKENS, Cloud, running, tokens_for
from tests.testbed.cloud.test_cloud_services import DEVICES, SINK, crash, device

ADA = "ada@nordlys.test"
ENOUGH = 60


@dataclass
class Promises:
    """What the cloud acknowledged before it died."""

    names: dict[int, str] = field(default_factory=dict)
    crashes: list[str] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    access_tokens: list[str] = field(default_factory=list)
    answers: int = 0

    @property
    def enough(self) -> bool:
        kept = (self.names, self.crashes, self.devices, self.access_tokens)
        return all(len(each) >= ENOUGH // 4 for each in kept) and self.answers >= ENOUGH


def until_it_dies(cloud: Cloud, step: Callable[[httpx.Client, int], None]) -> None:
    with cloud.client() as client:
        number = 0
        while True:
            number += 1
            try:
                step(client, number)
            except httpx.TransportError:
                return


def workers(cloud: Cloud, tokens: dict[str, str], promises: Promises) -> list[threading.Thread]:
    bearer = _bearer(tokens["access_token"])

    def rename(client: httpx.Client, number: int) -> None:
        contact, name = number % 50 + 1, f"Name {number}"
        answer = client.patch(f"{API}/Contact/{contact}", json={"Name": name}, headers=bearer)
        if answer.is_success:
            promises.names[contact] = answer.json()["Name"]
            promises.answers += 1

    def crash_report(client: httpx.Client, _number: int) -> None:
        body = crash()
        headers = {"App-Secret": str(uuid.uuid4()), "Install-ID": str(uuid.uuid4())}
        if client.post(SINK, params={"Api-Version": "1.0.0"}, json=body, headers=headers).is_success:
            promises.crashes.append(body["logs"][0]["id"])

    def register(client: httpx.Client, number: int) -> None:
        if client.post(DEVICES, json=device(DeviceIdentifier=f"phone-{number}"), headers=bearer).is_success:
            promises.devices.append(f"phone-{number}")

    def renew(client: httpx.Client, _number: int) -> None:
        form = {"grant_type": "refresh_token", "client_id": "pocket-mobile", "refresh_token": tokens["refresh_token"]}
        answer = client.post(TOKENS, data=form)
        if answer.is_success:
            promises.access_tokens.append(answer.json()["access_token"])

    steps = (rename, crash_report, register, renew)
    return [threading.Thread(target=until_it_dies, args=(cloud, step)) for step in steps]


def test_a_killed_cloud_has_lost_nothing_it_acknowledged(tmp_path: Path) -> None:
    promises = Promises()
    with running(tmp_path) as first:
        tokens = tokens_for(first, ADA)
        threads = workers(first, tokens, promises)
        for thread in threads:
            thread.start()
        reached = _wait_for(lambda: promises.enough or not any(thread.is_alive() for thread in threads))
        os.kill(first.process.pid, signal.SIGKILL)
        for thread in threads:
            thread.join(60)
    with closing(sqlite3.connect(tmp_path / "state.db")) as database:
        sound = database.execute("PRAGMA integrity_check").fetchone()

    with running(tmp_path) as second, second.client(headers=_bearer(tokens["access_token"])) as app:
        names = {number: app.get(f"{API}/Contact/{number}").json()["Name"] for number in promises.names}
        crashes = "".join(each["body"] for each in second.admin.get("/crashes").json())
        devices = {each["identifier"] for each in second.admin.get("/devices").json()}
        statuses = {app.get(f"{API}/Contact/1", headers=_bearer(each)).status_code for each in promises.access_tokens}
        served = [each["path"] for each in second.admin.get("/evidence").json() if each["status"] == 200]

    assert (reached, sound) == (True, ("ok",))
    assert {number: name for number, name in promises.names.items() if not _no_older(names[number], name)} == {}
    assert [each for each in promises.crashes if each not in crashes] == []
    assert set(promises.devices) <= devices
    assert statuses == {200}
    assert served.count("/logs") >= len(promises.crashes)
    assert sum(path.startswith("/Cust10001/api/v1/Contact/") for path in served) >= promises.answers


def _no_older(found: str, promised: str) -> bool:
    """The last change may have been made and its answer not received."""
    return int(found.split()[1]) >= int(promised.split()[1])


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _wait_for(condition: Callable[[], bool], seconds: float = 90) -> bool:
    moment = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return True
        moment.wait(0.02)
    return False
