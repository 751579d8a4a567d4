"""The check that each run makes of what it leaves behind, against an oracle that greps in its own way."""

import base64
import json
import os
import re
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import jinja2
import pytest

from tests.traffic import artefacts as oracle
from traffic.artefacts import Leak, in_writing, leaks_in

PASSWORD, TOKEN = "sm0rbr0d & 'k4ffe'/\u00e5", "8A:Cust10001.q+/8ZkP3vY7uT1xW0bN5cM2d=="
SECRETS = [("password", PASSWORD), ("access_token", TOKEN)]
FORMS: list[Callable[[str], str | bytes]] = [
    lambda text: text,
    lambda text: json.dumps({"typed": text}),
    lambda text: json.dumps(text, ensure_ascii=False),
    lambda text: urllib.parse.urlencode({"p": text}),
    lambda text: urllib.parse.quote(text, safe=""),
    lambda text: re.sub("%..", lambda escape: escape[0].lower(), urllib.parse.quote(text, safe="")),
    lambda text: base64.b64encode(text.encode()),
    lambda text: base64.b64encode(b"{" + text.encode() + b"}"),
    lambda text: base64.urlsafe_b64encode(b"ab" + text.encode() + b"c"),
    lambda text: base64.b32encode(text.encode()),
    lambda text: text.encode().hex(),
    lambda text: text.encode().hex().upper(),
    lambda text: text.encode("utf-16-le"),
    lambda text: text.replace("&", "&amp;"),
    lambda text: str(jinja2.Template("<td>{{ it }}</td>", autoescape=True).render(it=text)),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("kind", "value"), SECRETS, ids=[kind for kind, _ in SECRETS])
def test_a_secret_in_any_common_form_is_told_by_kind_and_file(
    tmp_path: Path, kind: str, value: str, form: Callable[[str], str | bytes]
) -> None:
    written = form(value)
    path = tmp_path / "logs" / "app.log"
    path.parent.mkdir()
    path.write_bytes(b"before " + (written if isinstance(written, bytes) else written.encode()) + b" after")

    assert leaks_in(tmp_path, in_writing(SECRETS)) == (Leak(path, kind),)


def test_what_the_oracle_finds_is_found(tmp_path: Path) -> None:
    for number, form in enumerate(form for _, value in SECRETS for form in oracle.plain_forms(value)):
        (tmp_path / f"{number}.txt").write_bytes(form)

    found = {str(one.path.relative_to(tmp_path)) for one in leaks_in(tmp_path, in_writing(SECRETS))}

    assert found == {line.rpartition(" in ")[2] for line in oracle.leaks_in(tmp_path, SECRETS)}
    assert len(found) == len(list(tmp_path.iterdir()))


def test_a_secret_across_the_border_of_two_pieces_is_found(tmp_path: Path) -> None:
    path = tmp_path / "large.har"
    path.write_bytes(b"x" * ((1 << 20) - 9) + b" " + TOKEN.encode() + b" " + b"y" * (1 << 20))

    assert leaks_in(tmp_path, in_writing(SECRETS)) == (Leak(path, "access_token"),)


def test_a_file_that_lies_elsewhere_is_searched_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    history = tmp_path / "history.sqlite"
    history.write_bytes(b"SQLite format 3\0" + TOKEN.encode())

    assert leaks_in(tmp_path / "run", in_writing(SECRETS), more=[history]) == (Leak(history, "access_token"),)


def test_the_raw_capture_alone_may_hold_them(tmp_path: Path) -> None:
    (tmp_path / "bodies").mkdir()
    for name in ("traffic.mitm", "events.jsonl", "phone.pcapng", "bodies/1.request"):
        (tmp_path / name).write_text(TOKEN)
    (tmp_path / "verdict.json").write_text("\u2039password #0\u203a 8A:Cust10001")

    assert leaks_in(tmp_path, in_writing(SECRETS)) == ()


def test_what_could_be_there_by_chance_is_no_leak(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("step 123456 of abcde, tokens: 0")

    assert leaks_in(tmp_path, in_writing([("totp_code", "123456"), ("password", "abcde"), ("password", "token")])) == ()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_cannot_be_read_is_not_clean(tmp_path: Path) -> None:
    (tmp_path / "a.log").touch(0)

    with pytest.raises(PermissionError):
        leaks_in(tmp_path, in_writing(SECRETS))
