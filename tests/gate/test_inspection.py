"""`pocketgate inspect` on a virtual phone: elements, locators, rows; nothing secret, nothing left running."""

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from drivers.suggestions import Tried
from gate import cli
from gate.discretion import Discretion
from gate.inspection import Inspection, Row, Seen
from gate.inspection_words import show_inspection
from gate.redaction import Redactor
from gate.roster import reap, scratch_root
from gate.summary import terminal

RENAMED = '[controls.android]\nlog_in = "text=Log in now"\n'


def typed(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["pocketgate", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_the_sign_in_page_is_shown_with_what_each_field_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POCKETGATE_CONFIG", "")  # so that it is taken back afterwards
    (tmp_path / "lab.toml").write_text(RENAMED)
    before = set(scratch_root().iterdir())
    words = (
        "--config",
        str(tmp_path / "lab.toml"),
        "--tap",
        "log_in",
        "--tap",
        "email",
        "--out",
        str(tmp_path / "out"),
        "--json",
    )

    assert typed(monkeypatch, "inspect", "--phone", "virtual-android", *words) == 0

    told = json.loads(capsys.readouterr().out)
    rows = {row["name"]: row["locator"] for row in told["rows"] if row["found"]}
    assert (rows["email"], rows["next"]) == ("resource-id=email", "resource-id=next")
    bar = next(one for one in told["elements"] if one["locator"].endswith(":id/url_bar"))
    assert (bar["typed"], bar["unique"]) == ("\u203919 characters typed\u203a", True)
    twice = [one["tried"] for one in told["elements"] if one["text"] == "Email address" and one["sort"] == "text"]
    assert twice[0][0] == {"locator": "text=Email address", "matches": 2}
    picture = Path(told["screenshot"])
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert stat.S_IMODE(picture.stat().st_mode) == 0o600
    assert json.loads(picture.with_suffix(".json").read_text()) == told
    assert [left for left in set(scratch_root().iterdir()) - before if left.name.endswith(f"-{os.getpid()}")] == []
    assert reap() == ()


def test_personal_data_and_tokens_are_not_shown(tmp_path: Path) -> None:
    shown = Discretion(Redactor(tmp_path / "none.json")).shown

    assert shown("Ask ada.lovelace@nordlys.test or +47 22 33 44 55") == (
        "Ask \u2039e-mail address\u203a or \u2039phone number\u203a"
    )
    assert shown("eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl and 0123456789abcdef0123456789abcdef") == (
        "\u2039token\u203a and \u2039token\u203a"
    )
    plain = "resource-id=com.example:id/a_control_with_a_name_that_is_very_long_indeed, 14:30 on 24.12.2026"
    assert shown(plain) == plain


def test_guesses_are_told_as_rows_and_what_is_not_unique_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    elements = (
        Seen("Button", "button", "Sign in", "", (Tried("text=Sign in", 2), Tried("xpath=/a/b", 2))),
        Seen("EditText", "field", "E-mail", "\u20394 characters typed\u203a", ()),
    )
    found = Inspection(
        "shelf",
        "android",
        "com.example",
        "Allow?",
        elements,
        (Row("log_in", "xpath=/a/b", found=False, element=0),),
        Path("a.png"),
    )

    show_inspection(found, terminal())

    said = capsys.readouterr().out
    assert "the system asks over it: Allow?" in said
    assert "2, not unique" in said
    assert "log_in?" in said
    assert "[controls.android]\nlog_in = 'xpath=/a/b'\n" in said
    assert "nothing: hidden" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "Missing option '--phone'"),
        (("--phone", "my-phone"), "--phone my-phone: no such phone"),
        (("--phone", "R58M42ABCDE"), "inspect: which app? R58M42ABCDE is a real phone; give --app FILE"),
        (("--phone", "virtual-ios", "--tap", "nothing"), "--tap nothing: neither question nor a name of the scenarios"),
        (
            ("--phone", "virtual-ios", "--config", "{tmp}/no.toml"),
            "no.toml: No such file or directory; `pocketgate init`",
        ),
        (("--phone", "virtual-ios", "--out", "{tmp}/file/in"), "file/in: Not a directory; give a folder"),
    ],
)
def test_what_is_typed_wrong_gets_one_line_before_anything_is_started(
    words: tuple[str, ...],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").touch()

    code = typed(monkeypatch, "inspect", *(word.format(tmp=tmp_path) for word in words))

    said = capsys.readouterr()
    assert (code, said.out, said.err.count("\n")) == (2, "", 1)
    assert message in said.err
