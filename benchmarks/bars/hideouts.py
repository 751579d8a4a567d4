"""The places of an exchange that a disguised secret is put into, each by the name that a finding has to use."""

from collections.abc import Callable, Iterator, Mapping
from random import Random

from benchmarks.bars.guises import GUISES, Gives
from traffic.events import Exchange, Headers

STRANGER = "in.metrics.example"
_LABEL, _NAME = 63, 220

type Hide = Callable[[bytes, Random], tuple[str, Exchange]]


def exchange(  # noqa: PLR0913 -- each place sets what it needs
    path: str = "/v2/batch",
    *,
    host: str = STRANGER,
    method: str = "POST",
    scheme: str = "https",
    headers: Headers = (),
    body: bytes = b"",
    answered: Headers = (),
    answer: bytes = b"",
    sni: str | None = None,
) -> Exchange:
    own = (("Host", host), ("User-Agent", "sdk/9"), *headers)
    url = f"{scheme}://{host}{path}"
    return Exchange(3, 2.0, 1.0, scheme, method, host, 443, path, url, own, body, 200, answered, answer, sni=sni)


def _in_path(data: bytes, _: Random) -> tuple[str, Exchange]:
    return "url", exchange(f"/a/{data.decode().replace('/', '%2F')}/b?x=1")


def _in_query(data: bytes, _: Random) -> tuple[str, Exchange]:
    return "url", exchange(f"/a?x=1&q={data.decode()}&y=2")


def _in_fragment(data: bytes, _: Random) -> tuple[str, Exchange]:
    return "url", exchange(f"/a?x=1#t={data.decode()}")


def _in_header(data: bytes, _: Random) -> tuple[str, Exchange]:
    return "header:x-trace", exchange(headers=(("X-Trace", data.decode("latin-1")),))


def _in_answered_header(data: bytes, _: Random) -> tuple[str, Exchange]:
    return "header:x-debug", exchange(answered=(("X-Debug", f"v1; {data.decode('latin-1')}"),))


def _in_cookie(data: bytes, _: Random) -> tuple[str, Exchange]:
    return "cookie", exchange(headers=(("Cookie", f"a=1; s={data.decode()}; b=2"),))


def _in_set_cookie(data: bytes, _: Random) -> tuple[str, Exchange]:
    return "cookie", exchange(answered=(("Set-Cookie", f"s={data.decode()}; Path=/; Secure"),))


def _as_body(data: bytes, _: Random) -> tuple[str, Exchange]:
    return "body", exchange(body=data)


def _in_form(data: bytes, _: Random) -> tuple[str, Exchange]:
    return "body", exchange(body=b"id=7&text=" + data + b"&done=1")


def _in_text(data: bytes, _: Random) -> tuple[str, Exchange]:
    return "body", exchange(body=b"2026-11-23 10:00:00 note: " + data + b"\nend of report\n")


def _in_answer(data: bytes, _: Random) -> tuple[str, Exchange]:
    return "body", exchange(answer=data)


def _amid_noise(data: bytes, chance: Random) -> tuple[str, Exchange]:
    noise = chance.randbytes(300)
    return "body", exchange(body=noise + b"\0" + data + b"\0" + noise)


def _frame(data: bytes, _: Random) -> tuple[str, Exchange]:
    return "frame", exchange(method="MESSAGE", scheme="wss", body=data)


def _stream(data: bytes, chance: Random) -> tuple[str, Exchange]:
    size = len(data).to_bytes(4, "big")
    return "frame", exchange("", method="MESSAGE", scheme=chance.choice(("tcp", "tls")), body=b"\x01\x02" + size + data)


def _crash(data: bytes, _: Random) -> tuple[str, Exchange]:
    trace = b'java.lang.IllegalStateException: bad state "' + data + b'"\n\tat app.Main.run(Main.kt:42)\n'
    return "body", exchange("/api/crash", host="crash.sink.example", body=trace)


def _push(data: bytes, _: Random) -> tuple[str, Exchange]:
    return "body", exchange("/fcm/send", host="push.example", body=b'{"to":"x","data":{"m":"' + data + b'"}}')


def _labels(data: bytes, between: int) -> str:
    text = data.decode()
    return ".".join(text[at : at + between] for at in range(0, len(text), between)) + f".{STRANGER}"


def _dns(data: bytes, chance: Random) -> tuple[str, Exchange]:
    name = _labels(data, chance.choice((_LABEL, 30, 50)))
    return "dns", exchange("", host=name, method="QUERY", scheme="dns")


def _sni(data: bytes, chance: Random) -> tuple[str, Exchange]:
    name = _labels(data, chance.choice((_LABEL, 40)))
    return "sni", exchange("", method="MESSAGE", scheme="tls", sni=name)


def _host(data: bytes, _: Random) -> tuple[str, Exchange]:
    return "url", exchange("/x", host=_labels(data, _LABEL))


OF_WORDS: Mapping[str, Hide] = {
    "path": _in_path,
    "query": _in_query,
    "fragment": _in_fragment,
    "header": _in_header,
    "answered header": _in_answered_header,
    "cookie": _in_cookie,
    "set-cookie": _in_set_cookie,
}
OF_TEXTS: Mapping[str, Hide] = {"form": _in_form, "text": _in_text, "crash": _crash, "push": _push}
OF_BYTES: Mapping[str, Hide] = {"body": _as_body, "answer": _in_answer, "frame": _frame}
AMID: Mapping[str, Hide] = {"noise": _amid_noise, "stream": _stream}
OF_LABELS = frozenset({"base32", "hex"})
OF_NAMES: Mapping[str, Hide] = {"dns": _dns, "sni": _sni, "host": _host}


def hideouts(data: bytes, chain: tuple[str, ...]) -> Iterator[tuple[str, Hide]]:
    """All places that can carry what the last guise gives."""
    last = GUISES[chain[-1]].gives if chain else Gives.TEXT
    yield from OF_BYTES.items()
    if not any(GUISES[name].sealed for name in chain):
        yield from AMID.items()
    if last is not Gives.BYTES:
        yield from OF_TEXTS.items()
    if last is Gives.WORD:
        yield from OF_WORDS.items()
    if chain[-1:] and chain[-1] in OF_LABELS and len(data) < _NAME and b"=" not in data:
        yield from OF_NAMES.items()
