from pathlib import Path

import pytest

from faults import BenchFault
from gate.claims import unknown_claims
from gate.coverage import checks
from gate.ledger import LEDGER
from gate.proof import known_defects
from tests.gate.project import Project

OPTIONS = ("-p", "gate.plugin", "-p", "no:cacheprovider")


def test_the_checks_of_a_claim_are_found_by_collection(tmp_path: Path) -> None:
    both = "@pytest.mark.claim('C01', 'C02')\ndef test_a():\n    pass\n\n"
    project = Project.make(tmp_path, both + "@pytest.mark.claim('C02')\ndef test_b():\n    pass\n")

    found = checks(project.root, *OPTIONS)

    a, b = (f"suites/test_all.py::test_{one}" for one in "ab")
    assert found == {"C01": (a,), "C02": (a, b)}


def test_suites_that_cannot_be_collected_are_a_fault_with_pytests_words(tmp_path: Path) -> None:
    project = Project.make(tmp_path, "@pytest.mark.claim('C77')\ndef test_a():\n    pass\n")

    with pytest.raises(BenchFault, match="C77 is no claim of the ledger"):
        checks(project.root, *OPTIONS)


CHECKED = {
    "C06",
    *("C10", "C11", "C12", "C15", "C16", "C19", "C31", "C34", "C36", "C37", "C40", "C49", "C50", "C53", "C57", "C58"),
    *(f"O{number}" for number in range(1, 19)),
    "C17",
}
SERVERS_OWN = {"O11", "O16", "O17"}
"""No app can break them: what turns them red is in tests/traffic/oauth, and in a run a deviation is only told."""


def test_every_checked_claim_has_a_defect_that_breaks_it() -> None:
    checked, broken = set(checks()), {defect.claim for defect in known_defects()}

    assert unknown_claims([*checked, *broken], LEDGER) == ()
    assert checked == CHECKED
    assert broken == CHECKED - SERVERS_OWN
