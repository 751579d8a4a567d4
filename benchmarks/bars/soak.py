"""What a cloud grows by under a long, mixed load: records read at a steady rate, beside them changes, lists, sign-ins.

Secrets in play are kept in memory on purpose, so that a lab can look for them: some kilobytes for each sign-in.
"""

import itertools
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from benchmarks.bars.cloud_stand import PATIENCE, Stand, token
from benchmarks.bars.paced import Paced, paced

# a second; a sign-in each so many errands
PACE, SIGN_IN_EVERY = 20.0, 200
DONE = range(200, 305)

Errand = Callable[["Visitor", int], httpx.Response]


@dataclass(frozen=True, slots=True)
class Soaked:
    """The reads, and how many errands beside them were run and how many of those went wrong."""

    reads: Paced
    errands: int
    wrong: int


@dataclass(slots=True)
class Visitor:
    """Whoever runs errands, on one kept connection."""

    stand: Stand
    client: httpx.Client
    errands: int = 0
    wrong: int = 0

    def ask(self, method: str, path: str, **options: object) -> httpx.Response:
        names = {"sni_hostname": self.stand.host}
        return self.client.request(method, f"{self.stand.address}/v1/{path}", extensions=names, **options)  # type: ignore[arg-type]

    def run(self, errand: Errand, turn: int) -> None:
        self.errands += 1
        self.wrong += errand(self, turn).status_code not in DONE


def _page(by: Visitor, turn: int) -> httpx.Response:
    sought = f"name contains '{turn % 997}' or associateId currentAssociate"
    return by.ask("GET", "Contact", params={"$filter": sought, "$top": 50, "$orderBy": "name desc"})


def _change(by: Visitor, turn: int) -> httpx.Response:
    return by.ask("PATCH", f"Sale/{_own(by, 'Sale', turn)}", json={"Heading": f"Soaked {turn}"})


def _come_and_go(by: Visitor, turn: int) -> httpx.Response:
    made = by.ask("POST", "Contact", json={"Name": f"Soaked {turn}"}).raise_for_status().json()
    return by.ask("DELETE", f"Contact/{made['ContactId']}")


def _startup(by: Visitor, turn: int) -> httpx.Response:
    return by.ask("POST", "Agents/Pocket/GetPocketStartupData", json={"Tables": ["contact", "sale"][: turn % 3]})


def _refused(by: Visitor, turn: int) -> httpx.Response:
    """Errors must leave nothing behind either; counted as done when they are the documented ones."""
    answer = by.ask("GET", f"Person?$filter=nothing{turn} eq 1")
    return httpx.Response(200 if answer.status_code == httpx.codes.BAD_REQUEST else 500)


def _own(by: Visitor, resource: str, turn: int) -> int:
    """The number of a record that the visitor may see."""
    column = f"{resource.lower()}Id"
    page = by.ask("GET", resource, params={"$select": column, "$top": 1, "$skip": turn % 20})
    return int(page.raise_for_status().json()["value"][0][column])


ERRANDS: tuple[Errand, ...] = (_page, _change, _come_and_go, _startup, _refused)


def soak(stand: Stand, rate: float, seconds: float) -> Soaked:
    """`rate` reads a second for so long, and errands beside them."""
    with _visiting(stand) as visitor:
        reads = paced(stand, rate, seconds)
    return Soaked(reads, visitor.errands, visitor.wrong)


@contextmanager
def _visiting(stand: Stand) -> Iterator[Visitor]:
    over = threading.Event()
    trust = ssl.create_default_context(cafile=stand.ready["ca"])
    with httpx.Client(verify=trust, headers=stand.headers, timeout=PATIENCE, trust_env=False) as client:
        visitor = Visitor(stand, client)

        def work() -> None:
            for turn, errand in enumerate(itertools.cycle(ERRANDS)):
                if over.wait(1 / PACE):
                    return
                visitor.run(errand, turn)
                if turn % SIGN_IN_EVERY == 0:
                    token(stand.ready)

        worker = threading.Thread(target=work)
        worker.start()
        try:
            yield visitor
        finally:
            over.set()
            worker.join()
