from pathlib import Path

import pytest

from benchmarks.settings import QUERIES, read_settings
from faults import UsageError


def file_with(text: str, folder: Path) -> Path:
    file = folder / "mine.toml"
    file.write_text(text)
    return file


def test_the_defaults_are_those_that_the_gate_runs_with() -> None:
    settings = read_settings()

    assert (settings.start.rounds, settings.sync.changed_percent, settings.query_file) == (20, [0, 1, 10], QUERIES)


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    settings = read_settings(file_with("[start]\nrounds = 30\n[steps]\n'bench_x[hot]' = 2.5\n", tmp_path))

    assert (settings.start.rounds, settings.start.full_display_seconds) == (30, 10)
    assert (settings.step_of("bench_x[hot]"), settings.step_of("bench_x[cold]")) == (2.5, 5.0)
    assert settings.step_of("bench_sync[first sync]") == 10.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[start]\nround = 3\n", "start.round: there is no such setting; did you mean rounds?"),
        ("[start]\nx = 3\n", "start.x: there is no such setting; there are rounds, full_display_seconds"),
        ("[stort]\nx = 3\n", "stort: there is no such section; did you mean start?"),
        ("seconds = 3\n", "seconds: there is no such section; there are start, sync, query, base, steps"),
        ("[start]\nrounds = 0\n", "start.rounds: Input should be greater than or equal to 1 (it says 0)"),
        ("[sync]\nnetworks = ['5g']\n", "sync.networks.0: no such network; there are ideal, 3g, gprs"),
        ("[sync]\nfinished = 'done'\n", "sync.finished: must name the groups rows and seconds"),
        ("[start]\nrounds = 0\n[sync]\nrounds = 0\n", "; sync.rounds: "),
        ("[start", "cannot be read as settings"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, words: str, tmp_path: Path) -> None:
    file = file_with(text, tmp_path)

    with pytest.raises(UsageError) as refused:
        read_settings(file)

    assert words in str(refused.value)
    assert str(refused.value).startswith(str(file))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read as settings"):
        read_settings(tmp_path / "none.toml")
