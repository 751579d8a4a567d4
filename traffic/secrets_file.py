"""Reading a secrets file: JSON, or lines of `kind,value,allowed hosts`."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from faults import UsageError
from traffic.secrets import Allowed, Secret, Secrets, Side

_HEADER = ("kind", "value")
_CREDENTIALS = ("password", "token", "code", "verifier", "seed", "cookie", "handle")


def read_secrets(path: Path) -> Secrets:
    """Reads `{"secrets": [{"kind", "value", "allowed": [{"host", "where"}]}]}`, or CSV (RFC 4180).

    Raises UsageError without quoting a value. Values too weak to be searched are named by `unsearched`.
    """
    try:
        text = path.read_text("utf-8-sig")
        read = _json(text) if text.lstrip().startswith(("{", "[")) else _csv(text)
        return Secrets.searchable(read)
    except json.JSONDecodeError as trouble:
        where = f"line {trouble.lineno}, column {trouble.colno}"
        raise UsageError(f"{path}: no secrets file ({where}: {trouble.msg})") from None
    except (OSError, csv.Error, ValueError, KeyError, TypeError, AttributeError, RecursionError) as trouble:
        raise UsageError(f"{path}: no secrets file ({type(trouble).__name__}: {_first_line(trouble)})") from None


def _first_line(trouble: BaseException) -> str:
    """A Unicode error would quote what it could not read."""
    return "not UTF-8" if isinstance(trouble, UnicodeError) else str(trouble).partition("\n")[0]


def _json(text: str) -> list[Secret]:
    return [_secret(entry) for entry in json.loads(text)["secrets"]]


def _secret(entry: Mapping[str, object]) -> Secret:
    kind, value, allowed = entry["kind"], entry["value"], entry.get("allowed") or []
    if not isinstance(kind, str) or not isinstance(value, str) or not isinstance(allowed, list):
        raise TypeError("a secret has a text as kind and as value, and a list of allowed places")
    if unknown := set(entry) - {"kind", "value", "allowed"}:
        raise TypeError(f"a secret has no {sorted(unknown)}")
    return Secret(kind, value, tuple(_allowed(place) for place in allowed))


def _allowed(place: Mapping[str, object]) -> Allowed:
    if unknown := set(place) - {"host", "where", "path", "side"}:
        raise TypeError(f"an allowed place has no {sorted(unknown)}")
    path, side = place.get("path"), place.get("side")
    return Allowed(
        str(place["host"]),
        str(place.get("where", "any")),
        None if path is None else str(path),
        None if side is None else Side(str(side)),
    )


def _csv(text: str) -> Iterator[Secret]:
    """`allowed hosts` are patterns parted by spaces or semicolons; for credentials they do not allow the URL."""
    reader = csv.reader(io.StringIO(text), strict=True, skipinitialspace=True)
    rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    rows = [(line, row) for line, row in rows if any(row) and not row[0].startswith("#")]
    if rows and tuple(cell.lower() for cell in rows[0][1][:2]) == _HEADER:
        rows = rows[1:]
    if not rows:
        raise ValueError("it holds no secret; write lines of kind,value,allowed hosts")
    for line, row in rows:
        if len(row) < len(_HEADER) or not row[0] or not row[1]:
            raise ValueError(f"line {line} is not kind,value,allowed hosts")
        kind, value, *hosts = row
        where = "inside" if any(word in kind for word in _CREDENTIALS) else "any"
        patterns = " ".join(hosts).replace(";", " ").split()
        yield Secret(kind, value, tuple(Allowed(host, where) for host in patterns))
