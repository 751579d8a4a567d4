"""Wrong answers over good connections: a redirect out of TLS, and tokens that were tampered with on the way."""

import base64
import json
from collections.abc import Callable

from mitmproxy.http import HTTPFlow, Response

from traffic.recorder.faults import Faults
from traffic.recorder.journal import Journal
from traffic.recorder.scribe import WHOLE
from traffic.recorder.span import Span
from traffic.wire_faults import ANSWERS, WireFault

_FOUND = 302
SOMEBODY_ELSE = "mallory@elsewhere.example"
type Parts = tuple[dict[str, object], dict[str, object], str]


class WrongAnswers:
    """A mitmproxy addon. That a redirect was followed is told by a later request in clear to the same host."""

    def __init__(self, journal: Journal, faults: Faults, span: Span) -> None:
        self._journal = journal
        self._faults = faults
        self._span = span
        self._downgraded: set[str] = set()

    def requestheaders(self, flow: HTTPFlow) -> None:
        """What is to be answered wrongly may not be on its way already."""
        if self._faults.at(flow.request.host) in ANSWERS:
            flow.metadata[WHOLE] = True

    def request(self, flow: HTTPFlow) -> None:
        host = flow.request.host
        if flow.request.scheme == "http":
            self._came_in_clear(host)
        elif flow.response is None and self._faults.at(host) is WireFault.HTTP_DOWNGRADE:
            self._downgraded.add(host)
            flow.response = Response.make(_FOUND, b"", {"location": f"http://{host}{flow.request.path}"})
            self._served(host, WireFault.HTTP_DOWNGRADE)

    def response(self, flow: HTTPFlow) -> None:
        fault = self._faults.at(flow.request.host)
        tampered = _TAMPERING.get(fault) if fault else None
        if fault and tampered and flow.response and (body := _with_token(flow.response, tampered)):
            flow.response.content = body
            self._served(flow.request.host, fault)

    def _came_in_clear(self, host: str) -> None:
        if host in self._downgraded:
            self._downgraded.discard(host)
            self._journal.write("fault_accepted", sni=host, fault=WireFault.HTTP_DOWNGRADE, **self._span.fields())

    def _served(self, host: str, fault: WireFault) -> None:
        self._faults.served += 1
        self._journal.write("fault_served", sni=host, fault=fault, **self._span.fields())


def _with_token(response: Response, tampered: Callable[[Parts], Parts]) -> bytes | None:
    """The same answer with its id_token changed; None where it holds none."""
    try:
        answer = json.loads(response.content or b"")
        header, payload, signature = answer["id_token"].split(".")
        parts = tampered((_opened(header), _opened(payload), signature))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    answer["id_token"] = ".".join((_closed(parts[0]), _closed(parts[1]), parts[2]))
    return json.dumps(answer).encode()


def _forged(token: Parts) -> Parts:
    header, payload, signature = token
    return header, {**payload, "sub": SOMEBODY_ELSE}, signature


def _unsigned(token: Parts) -> Parts:
    header, payload, _ = _forged(token)
    return {**header, "alg": "none"}, payload, ""


_TAMPERING: dict[WireFault, Callable[[Parts], Parts]] = {
    WireFault.FORGED_ID_TOKEN: _forged,
    WireFault.UNSIGNED_ID_TOKEN: _unsigned,
}


def _opened(part: str) -> dict[str, object]:
    opened = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    if not isinstance(opened, dict):
        raise TypeError(part)
    return opened


def _closed(part: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
