import json
import sys
from pathlib import Path

import pytest

from gate import cli
from gate.comparison import exit_of

STEADY = [0.100, 0.101, 0.099, 0.102, 0.098] * 4
SLOWER = [round(1.1 * one, 4) for one in STEADY]
NOISY = [0.1, 0.2, 0.05, 0.15, 0.3] * 4


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def save(name: str, **rounds: list[float]) -> str:
    rows = [{"name": key, "fullname": key, "stats": {"data": data}} for key, data in rounds.items()]
    Path(name).write_text(json.dumps({"benchmarks": rows}))
    return name


def typed(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["pocketgate", "compare", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("candidate", "code", "verdict"),
    [
        ({"start": STEADY}, 0, "same"),
        ({"start": SLOWER}, 1, "worse"),
        ({"start": NOISY}, 3, "inconclusive"),
        ({"start": STEADY, "new": STEADY}, 3, "same"),
        ({"start": SLOWER, "new": STEADY}, 1, "worse"),
    ],
)
def test_the_exit_code_is_the_answer(
    candidate: dict[str, list[float]],
    code: int,
    verdict: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended = typed(monkeypatch, save("a.json", start=STEADY), save("b.json", **candidate), "--json")

    told = json.loads(capsys.readouterr().out)
    first = told["benchmarks"][0]
    assert (ended, told["exit"], first["verdict"]) == (code, code, verdict)
    assert {"name", "verdict", "shift_percent", "low", "high", "needed_rounds"} <= set(first)


def test_people_read_the_shift_and_what_would_decide(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, save("a.json", start=STEADY, sync=STEADY), save("b.json", start=SLOWER, sync=NOISY))

    said = " ".join(capsys.readouterr().out.split())
    assert "worse start +10.0 %" in said
    assert "rounds of each would decide" in said


def test_a_step_in_percent_changes_the_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    files = save("a.json", start=STEADY), save("b.json", start=[1.02 * one for one in STEADY])

    assert typed(monkeypatch, *files) == 0
    assert typed(monkeypatch, *files, "--step", "2") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("a.json", "nowhere.json"), "nowhere.json: cannot be read"),
        (("a.json", "text.json"), "text.json: no file of pytest-benchmark"),
        (("a.json", "a.json", "--step", "0"), "--step 0: give a percentage"),
        (("a.json", "a.json", "--step", "100"), "--step 100: give a percentage"),
        (("a.json",), "Missing argument 'CANDIDATE.json'"),
    ],
)
def test_what_is_typed_wrong_is_exit_2(
    words: tuple[str, ...], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    save("a.json", start=STEADY)
    Path("text.json").write_text("no JSON")

    assert typed(monkeypatch, *words) == 2
    assert message in capsys.readouterr().err


def test_two_files_without_a_benchmark_are_no_pass(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(monkeypatch, save("a.json"), save("b.json")) == 3
    assert "nothing was compared" in capsys.readouterr().out
    assert exit_of({}) == 3
