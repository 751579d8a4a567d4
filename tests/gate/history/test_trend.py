import json
import sys
from pathlib import Path

import pytest
from lxml import html

from gate import cli
from gate.history.history import History
from tests.gate.history.samples import START, entry, macrobenchmark, pytest_benchmark, stepped

NEGATIVE = entry(0).series.__class__("frameOverrunMs", "Pixel 3", "", "ms")


@pytest.fixture
def history(tmp_path: Path) -> History:
    found = History.at(str(tmp_path / "history.sqlite"), tmp_path)
    found.remember(stepped(40, 30))
    return found


def typed(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["pocketgate", "trend", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_the_build_since_which_it_is_slower_is_named(
    history: History, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(monkeypatch, "--history", history.place, "--json") == 0

    (series,) = json.loads(capsys.readouterr().out)["series"]
    (change,) = series["changes"]
    assert (series["benchmark"], series["results"]) == (START.benchmark, 40)
    assert (change["build"], change["version"], change["index"]) == (entry(30).build, "1.30", 30)
    assert change["percent"] == pytest.approx(20, abs=2)


def test_people_read_it_in_a_line_and_see_it_in_a_page(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert typed(monkeypatch, "--history", history.place, "--out", str(out), "--png") == 0

    said = " ".join(capsys.readouterr().out.split())
    page = html.fromstring((out / "trend.html").read_text().encode())
    assert "% since 1.30 (000000000000)" in said
    assert said.endswith(str(out / "trend.html"))
    assert len(page.xpath("//svg[@role='img']")) == 1
    assert not page.xpath("//script | //img | //link")
    assert (out / "trend-1.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("name", "words"), [("notes.txt", "is no SQLite database"), (".", "is a folder")])
def test_what_never_was_a_history_is_a_wrong_option_and_left_alone(
    name: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    notes, place = tmp_path / "notes.txt", tmp_path / name
    notes.write_text("my notes, which are no history")
    pytest_benchmark(tmp_path / "new.json")

    for more in ((), ("--import", str(tmp_path / "new.json"), "--build", "1")):
        assert typed(monkeypatch, "--history", str(place), *more) == 2
        assert f"--history {place}: {words}" in " ".join(capsys.readouterr().err.split())
    assert notes.read_text() == "my notes, which are no history"
    assert {path.name for path in tmp_path.iterdir()} == {"notes.txt", "new.json"}


def test_one_benchmark_can_be_picked(
    history: History, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(monkeypatch, "--history", history.place, "--benchmark", "full_sync") == 2
    assert "holds no result of a benchmark with 'full_sync' in its name" in capsys.readouterr().err


def test_figures_below_zero_have_no_trend_and_say_so(
    history: History, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    history.remember([entry(number, -1.0, NEGATIVE) for number in range(3)])

    assert typed(monkeypatch, "--history", history.place, "--json", "--benchmark", "Overrun") == 0
    assert "a trend needs positive figures" in json.loads(capsys.readouterr().out)["series"][0]["trouble"]


def test_results_that_were_kept_are_seen_too(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    assert history.file is not None
    good = history.file.read_bytes()
    history.file.write_bytes(b"garbage" * 100)
    history.remember([entry(40, 0.12)])
    history.file.write_bytes(good)

    assert typed(monkeypatch, "--history", history.place) == 0
    assert list(history.beside.iterdir()) == []


@pytest.mark.parametrize("tool", [macrobenchmark, pytest_benchmark])
def test_files_of_other_tools_can_be_added_and_given_back(
    tool: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history, file, out = str(tmp_path / "new.sqlite"), tmp_path / "in.json", tmp_path / "out.json"
    tool(file)  # type: ignore[operator]

    assert typed(monkeypatch, "--history", history, "--import", str(file), "--build", "1.7") == 0
    assert typed(monkeypatch, "--history", history, "--export", str(out), "--build", "1.7") == 0
    assert json.loads(out.read_text())["commit_info"]["id"] == "1.7"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--history", "{tmp}/none.sqlite"), 2, "no history there yet"),
        (("--history", "{tmp}/broken.sqlite"), 3, "cannot be read: (sqlite3.DatabaseError) "),
        (("--history", "nonsense://x"), 2, "no history there"),
        (("--history", "{tmp}/history.sqlite", "--export", "{tmp}/a.json"), 2, "say which build with --build"),
        (("--history", "{tmp}/history.sqlite", "--export", "{tmp}/a", "--build", "9"), 2, "no result of build 9"),
        (("--history", "{tmp}/history.sqlite", "--import", "{tmp}/no.json"), 2, "no.json: cannot be read"),
        (("--history", "{tmp}/history.sqlite", "--out", "{tmp}/text.sqlite/x"), 2, "give a folder that can be written"),
    ],
)
def test_what_goes_wrong_is_said_in_one_line(  # noqa: PLR0913, PLR0917 -- pytest's fixtures
    words: tuple[str, ...],
    code: int,
    message: str,
    history: History,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "text.sqlite").write_text("no database " * 100)
    (tmp_path / "broken.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 1000)

    assert history.file is not None
    assert typed(monkeypatch, *(word.format(tmp=tmp_path) for word in words)) == code

    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
