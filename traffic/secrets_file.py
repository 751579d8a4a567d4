"""Reading a secrets file: JSON, or lines of `kind,value,allowed hosts`."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from faults import UsageError
from traffic.given_file import text_of
from traffic.policy import is_host_pattern
from traffic.secrets import Allowed, Secret, Secrets, Side

_HEADER = ("kind", "value")
_CREDENTIALS = ("password", "token", "code", "verifier", "seed", "cookie", "handle")
_SHAPE = 'write {"secrets": [{"kind": "...", "value": "...", "allowed": [{"host": "...", "where": "..."}]}]}'
_SECRET = {"kind", "value", "allowed"}
_PLACE = {"host", "where", "path", "side"}


def read_secrets(path: Path) -> Secrets:
    """Reads `{"secrets": [{"kind", "value", "allowed": [{"host", "where"}]}]}`, or CSV (RFC 4180).

    A secret that is given twice may be wherever either says. Raises UsageError without quoting a value. Values too weak
    to be searched are named by `unsearched`.
    """
    text = text_of(path, "secrets file")
    try:
        read = _json(text) if text.lstrip().startswith(("{", "[")) else _csv(text)
        return Secrets.searchable(_with_all_places(read))
    except json.JSONDecodeError as trouble:
        where = f"line {trouble.lineno}, column {trouble.colno}"
        raise UsageError(f"{path}: no secrets file ({where}: {trouble.msg})") from None
    except RecursionError:
        raise UsageError(f"{path}: no secrets file (nested too deeply)") from None
    except (_Wrong, csv.Error) as trouble:
        raise UsageError(f"{path}: no secrets file ({trouble})") from None
    except ValueError:  # a number of more digits than Python reads
        raise UsageError(f"{path}: no secrets file (a number in it is too long)") from None


class _Wrong(Exception):  # noqa: N818 -- never leaves this module
    """Says what is wrong without quoting a value."""


def _with_all_places(secrets: Iterable[Secret]) -> list[Secret]:
    """Each with the places of all that are the same; their numbers stay those of the file."""
    read = list(secrets)
    places: defaultdict[tuple[str, str], dict[Allowed, None]] = defaultdict(dict)
    for one in read:
        places[one.kind, one.value].update(dict.fromkeys(one.allowed))
    return [replace(one, allowed=tuple(places[one.kind, one.value])) for one in read]


def _json(text: str) -> Iterator[Secret]:
    read = json.loads(text)
    entries = read.get("secrets") if isinstance(read, dict) else None
    if not isinstance(entries, list):
        raise _Wrong(f"it has no list of secrets; {_SHAPE}")
    for number, entry in enumerate(entries):
        yield _secret(entry, f"secret {number}")


def _secret(entry: object, name: str) -> Secret:
    given = _table(entry, name, _SECRET)
    kind, value, allowed = given.get("kind"), given.get("value"), given.get("allowed") or []
    for key, found in (("kind", kind), ("value", value)):
        if not isinstance(found, str) or (key == "kind" and not found):
            raise _Wrong(f"{name} has no text as {key}; {_SHAPE}")
    if not isinstance(allowed, list):
        raise _Wrong(f"allowed of {name} is no list of places; {_SHAPE}")
    places = tuple(_allowed(place, f"allowed place {n} of {name}") for n, place in enumerate(allowed))
    return Secret(str(kind), str(value), places)


def _allowed(place: object, name: str) -> Allowed:
    given = _table(place, name, _PLACE)
    host = given.get("host")
    if not isinstance(host, str):
        raise _Wrong(f"{name} has no host")
    path, side = given.get("path"), given.get("side")
    if side is not None and side not in list(Side):
        raise _Wrong(f"side of {name} is neither app nor server")
    with suppress(UsageError):
        return Allowed(
            _host(host, name),
            str(given.get("where", "any")),
            None if path is None else str(path),
            None if side is None else Side(str(side)),
        )
    raise _Wrong(f"where of {name} is none of url, header:NAME, cookie, body, frame, inside or any")


def _table(found: object, name: str, keys: set[str]) -> dict[str, object]:
    if not isinstance(found, dict):
        raise _Wrong(f"{name} is no table; {_SHAPE}")
    if set(found) - keys:
        unknown = sorted(key for key in set(found) - keys if key.isidentifier())  # what is none may be a value
        raise _Wrong(f"{name} has no {', '.join(unknown) or 'such key'}, only {', '.join(sorted(keys))}")
    return found


def _host(host: str, name: str) -> str:
    """What holds a scheme, a port or a path would match no host, and so would allow nothing."""
    if not is_host_pattern(host):
        raise _Wrong(f"{name}: {host!r} is no host pattern such as *.example.test; leave out scheme, port and path")
    return host


def _csv(text: str) -> Iterator[Secret]:
    """`allowed hosts` are patterns parted by spaces or semicolons; for credentials they do not allow the URL."""
    reader = csv.reader(io.StringIO(text), strict=True, skipinitialspace=True)
    rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    rows = [(line, row) for line, row in rows if any(row) and not row[0].startswith("#")]
    if rows and tuple(cell.lower() for cell in rows[0][1][:2]) == _HEADER:
        rows = rows[1:]
    if not rows:
        raise _Wrong("it holds no secret; write lines of kind,value,allowed hosts")
    for line, row in rows:
        if len(row) < len(_HEADER) or not row[0] or not row[1]:
            raise _Wrong(f"line {line} is not kind,value,allowed hosts")
        kind, value, *hosts = row
        where = "inside" if any(word in kind for word in _CREDENTIALS) else "any"
        patterns = " ".join(hosts).replace(";", " ").split()
        yield Secret(kind, value, tuple(Allowed(_csv_host(host, line), where) for host in patterns))


def _csv_host(host: str, line: int) -> str:
    """A value with a comma in it may stand here, so it is not quoted."""
    if not is_host_pattern(host):
        words = (
            "what stands behind the value is no host pattern such as *.example.test; put a value with a comma in quotes"
        )
        raise _Wrong(f"line {line}: {words}")
    return host
