"""The gate on trial: what each verdict on a defective build and on its clean twin says about the gate."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.app_file import read_app_file
from faults import UsageError
from gate import cli, run
from gate.claims import unknown_claims
from gate.ledger import LEDGER
from gate.outcomes import Status
from gate.proof import Caught, Defect, Proof, Trial, known_defects, prove
from gate.run import Bench
from gate.rundir import Plan, RunDir
from gate.verdict import Attempt, ClaimVerdict, Verdict

PHONE, SECOND = "virtual-android", "virtual-android-2"
QR = Defect("foreign_qr_accepted", "C57", "takes any host")
TOKEN = Defect("token_in_url", "O9", "puts the token into the URL")
HELD, BROKEN, BLOCKED = Status.HELD, Status.BROKEN, Status.BLOCKED

type Judge = Callable[[Mapping[str, Path]], Verdict]


def verdict(**claims: Status) -> Verdict:
    """Each claim was judged by one test of that status, and by one that held."""
    return Verdict(tuple(claim(id_, status) for id_, status in claims.items()), (), (), (), ())


def claim(id_: str, status: Status) -> ClaimVerdict:
    attempts = (
        Attempt(f"suites/test_{id_}.py::test_it", status, ""),
        Attempt("suites/test_other.py::test_it", HELD, ""),
    )
    return ClaimVerdict(id_, PHONE, status, "", (), attempts)


def judge(clean: Verdict, defective: Verdict) -> Judge:
    return lambda apps: defective if apps else clean


def proven(tmp_path: Path, clean: Verdict, defective: Verdict) -> Proof:
    return prove((QR,), (PHONE,), tmp_path, judge(clean, defective))


CLEAN = verdict(C57=HELD, O9=HELD)


@pytest.mark.parametrize(
    ("clean", "defective", "status", "recall", "exit_"),
    [
        (CLEAN, verdict(C57=BROKEN, O9=HELD), Caught.CAUGHT, 1.0, 0),
        (CLEAN, verdict(C57=HELD, O9=HELD), Caught.MISSED, 0.0, 1),
        (CLEAN, verdict(C57=BLOCKED, O9=HELD), Caught.BLOCKED, 0.0, 3),
        (CLEAN, verdict(O9=HELD), Caught.BLOCKED, 0.0, 3),
        (CLEAN, verdict(C57=Status.NOT_APPLICABLE), Caught.BLOCKED, 0.0, 3),
        (CLEAN, verdict(C57=BROKEN, O9=BROKEN), Caught.CAUGHT, 1.0, 1),
        (CLEAN, verdict(C57=BLOCKED, O9=BROKEN), Caught.BLOCKED, 0.0, 1),
        (verdict(C57=BROKEN, O9=HELD), verdict(C57=BROKEN, O9=HELD), Caught.CAUGHT, 1.0, 1),
        (verdict(C57=BLOCKED, O9=HELD), verdict(C57=BROKEN, O9=HELD), Caught.CAUGHT, 1.0, 3),
    ],
    ids=[
        "caught",
        "missed",
        "blocked",
        "no verdict on the claim",
        "not applicable",
        "caught with collateral",
        "blocked with collateral",
        "false alarm on the clean twin",
        "clean twin blocked",
    ],
)
def test_what_a_trial_says_of_the_gate(  # noqa: PLR0913 -- one table
    tmp_path: Path, *, clean: Verdict, defective: Verdict, status: Caught, recall: float, exit_: int
) -> None:
    proof = proven(tmp_path, clean, defective)

    assert ([one.status for one in proof.trials], proof.recall, proof.exit) == ([status], recall, exit_)


def test_a_proof_without_a_defect_proves_nothing() -> None:
    assert (Proof((), (), 0).recall, Proof((), (), 0).exit) == (0.0, 3)


def test_a_miss_weighs_more_than_a_block_and_recall_is_a_share() -> None:
    trials = tuple(
        Trial(QR, PHONE, status, (), (), 1.0)
        for status in (Caught.CAUGHT, Caught.CAUGHT, Caught.BLOCKED, Caught.MISSED)
    )

    assert (Proof(trials, (), 0).recall, Proof(trials, (), 0).exit) == (0.5, 1)


def test_what_is_judged_is_the_clean_twin_and_then_each_defective_build(tmp_path: Path) -> None:
    judged: list[dict[str, tuple[str, str]]] = []

    def note(apps: Mapping[str, Path]) -> Verdict:
        judged.append({name: (app.name, read_app_file(app).package) for name, app in apps.items()})
        return verdict(C57=BROKEN, O9=BROKEN) if apps else CLEAN

    prove((QR, TOKEN), (PHONE,), tmp_path, note)

    built = [{"android": (f"pocket-1.0-{one.name}.apk", "test.superoffice.pocket")} for one in (QR, TOKEN)]
    assert judged == [{}, *built]


def test_the_json_names_who_caught_it_and_what_fell_with_it(tmp_path: Path) -> None:
    proof = proven(tmp_path, verdict(C57=HELD, O9=BROKEN), verdict(C57=BROKEN, O9=BROKEN))

    (row,) = proof.as_json()["defects"]
    assert (row["name"], row["claim"], row["phone"], row["status"]) == (QR.name, "C57", PHONE, "caught")
    assert row["caught_by"] == ["suites/test_C57.py::test_it"]
    assert row["collateral"] == ["O9"]
    assert row["seconds"] >= 0
    assert (proof.as_json()["recall"], proof.as_json()["false_alarms"]) == (1.0, ["O9"])


def test_a_claim_that_truly_falls_with_it_is_no_collateral(tmp_path: Path) -> None:
    basic = Defect("basic_on_one_call", "C19", "a password instead of the token", ("C31", "O8"))

    proof = prove(
        (basic,), (PHONE,), tmp_path, judge(verdict(C19=HELD, C31=HELD), verdict(C19=BROKEN, C31=BROKEN, C37=BROKEN))
    )

    (row,) = proof.as_json()["defects"]
    assert (row["claim"], row["also"], row["status"], row["collateral"]) == ("C19", ["C31", "O8"], "caught", ["C37"])


@pytest.mark.parametrize(("c19", "status"), [(HELD, Caught.MISSED), (BLOCKED, Caught.BLOCKED)])
def test_a_fall_of_what_falls_with_it_alone_catches_nothing(tmp_path: Path, c19: Status, status: Caught) -> None:
    basic = Defect("basic_on_one_call", "C19", "a password instead of the token", ("C31",))

    proof = prove((basic,), (PHONE,), tmp_path, judge(CLEAN, verdict(C19=c19, C31=BROKEN)))

    assert [(one.status, one.collateral) for one in proof.trials] == [(status, ())]


def test_what_truly_falls_with_a_defect_is_no_collateral(tmp_path: Path) -> None:
    wide = Defect(QR.name, QR.claim, QR.what, also=("O9",))

    proof = prove((wide,), (PHONE,), tmp_path, judge(CLEAN, verdict(C57=BROKEN, O9=BROKEN, C16=BROKEN)))

    assert [one.collateral for one in proof.trials] == [("C16",)]


def test_a_defect_has_to_be_caught_on_each_phone(tmp_path: Path) -> None:
    caught, missed = claim("C57", BROKEN), replace(claim("C57", HELD), phone=SECOND)
    both = Verdict((caught, missed), (), (), (), ())

    proof = prove((QR,), (PHONE, SECOND), tmp_path, judge(CLEAN, both))

    assert [(one.phone, one.status) for one in proof.trials] == [(PHONE, Caught.CAUGHT), (SECOND, Caught.MISSED)]
    assert (proof.recall, proof.exit) == (0.5, 1)


def test_every_seeded_defect_names_its_claim() -> None:
    known = known_defects()

    assert QR.name in {one.name for one in known}
    assert unknown_claims([claim for one in known for claim in (one.claim, *one.also)], LEDGER) == ()
    assert all(one.what and one.claim not in one.also for one in known)
    assert known_defects((TOKEN.name,)) == tuple(one for one in known if one.name == TOKEN.name)


def test_an_unknown_defect_is_answered_with_the_known_ones() -> None:
    with pytest.raises(
        UsageError, match=r"^--defect nope: no such defect; `pocketgate testbed defects` lists all \d+$"
    ):
        known_defects((QR.name, "nope"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--defect", "nope"), "--defect nope: no such defect; `pocketgate testbed defects` lists"),
        (("--defect", QR.name, "--claim", "C99"), "no such claim: C99"),
        (("--defect", QR.name, "--phone", "my-phone"), "--phone my-phone: no such phone"),
    ],
)
def test_what_is_typed_wrong_gets_one_line_and_exit_2(
    words: tuple[str, ...],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["pocketgate", "prove", *words])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    said = capsys.readouterr()
    assert (ended.value.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith(f"pocketgate: {message}")
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_its_proof_and_ends_with_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def judged(plan: Plan, _run: RunDir, _bench: Bench) -> Verdict:
        return verdict(C57=HELD, O9=HELD) if plan.apps else CLEAN

    monkeypatch.setattr(run, "run_gate", judged)
    monkeypatch.setattr(sys, "argv", ["pocketgate", "prove", "--defect", QR.name, "--out", str(tmp_path / "out")])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    written = json.loads((tmp_path / "out" / "proof.json").read_text())
    assert (ended.value.code, written["recall"], written["defects"][0]["status"]) == (1, 0.0, "missed")
    assert str(tmp_path / "out" / "proof.json") in capsys.readouterr().out
