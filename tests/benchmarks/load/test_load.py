"""Locust's own process against a real cloud: two phones for some seconds."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.load.drive import Load
from benchmarks.load.summary import LoadSummary, read_summary
from benchmarks.load.target import Login, Target
from faults import BenchFault, EvidenceMissing, UsageError
from gate.load import load, target_of
from tests.testbed.cloud.cloud_visitor import running


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[LoadSummary, Path]:
    out = tmp_path_factory.mktemp("load")
    summary = load(Load(users=2, rate=2, time="6s"), None, out)
    assert summary is not None
    return summary, out


def test_each_phone_signs_in_synchronises_and_registers(found: tuple[LoadSummary, Path]) -> None:
    asked = {row.name: row.requests for row in found[0].rows}

    assert {"tokens by code", "startup data", "first sync Contact", "first sync Sale", "push registration"} <= set(
        asked
    )
    assert asked["tokens by code"] == found[0].signed_in == 2


def test_every_answer_was_a_good_one(found: tuple[LoadSummary, Path]) -> None:
    summary, _ = found

    assert (summary.faults, summary.total.failures, summary.exit) == ((), 0, 0)
    assert 0 < summary.total.median <= summary.total.p95 <= summary.total.p99


def test_the_figures_are_kept_as_csv_and_html(found: tuple[LoadSummary, Path]) -> None:
    _, out = found

    assert (out / "load.html").is_file()
    assert read_summary(out / "load", 2) == found[0]


def test_a_sign_in_that_is_refused_fails_the_load_with_the_words_of_the_page(tmp_path: Path) -> None:
    with running(tmp_path / "cloud") as cloud:
        target = target_of(cloud.ready)
        wrong = tuple(replace(login, password="not it") for login in target.logins)
        replace(target, logins=wrong).write(tmp_path / "wrong.json")

        summary = load(Load(users=1, rate=1, time="4s"), tmp_path / "wrong.json", tmp_path / "out")

    assert summary is not None
    assert summary.exit == 1
    assert "password" in summary.faults[0].kind


def test_a_load_that_could_not_begin_quotes_its_log(tmp_path: Path) -> None:
    login = (Login("a@b.test", "p", "Cust1"),)
    Target("https://a.test", "https://b.test", "app", "app:/", login, ca="/none.pem").write(tmp_path / "target.json")

    with pytest.raises(BenchFault, match=r"locust ended with 1; the end of .*load\.log"):
        load(Load(users=1, rate=1, time="1s"), tmp_path / "target.json", tmp_path / "out")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"time": "soon"}, "--time soon: give a number with s, m or h"),
        ({"worker": "there"}, "--worker there: give HOST:PORT"),
        ({"worker": "a:1", "master": 5}, "--master and --worker: a process is one of both"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Load(**{"users": 1, "rate": 1, "time": "1s"} | wrong)  # type: ignore[arg-type]


def test_a_worker_has_to_know_whom_to_call(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--worker: give the --config that the master has"):
        load(Load(1, 1, "1s", worker="localhost:5557"), None, tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"logins": []}', '{"super_id": "http://x", "logins": []}'])
def test_a_target_that_says_too_little_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "target.json"
    file.write_text(text)

    with pytest.raises(UsageError, match=r"target\.json: says not whom to load"):
        Target.read(file)


def test_several_processes_and_machines_are_locusts_own_affair(tmp_path: Path) -> None:
    many = Load(1000, 20, "2m", workers=2).words(tmp_path)
    master = Load(1000, 20, "2m", workers=2, master=5557).words(tmp_path)
    worker = Load(1, 1, "1s", worker="lab.test:5557").words(tmp_path)

    assert many[many.index("--processes") + 1] == "2"
    assert master[master.index("--expect-workers") + 1] == "2"
    assert worker[-4:] == ("--master-host", "lab.test", "--master-port", "5557")


def test_no_figures_are_no_evidence(tmp_path: Path) -> None:
    with pytest.raises(EvidenceMissing, match="was not written"):
        read_summary(tmp_path / "load", 1)
