import re
from collections import Counter

import pytest

from faults import UsageError
from gate.claims import refuse_unknown_claims, unknown_claims
from gate.ledger import LEDGER

CLAIMS = [f"C{number:02}" for number in range(1, 67)]
OBSERVABLES = [f"O{number}" for number in range(1, 19)]
UNSEEN_TESTS = {"0343", "0344", "0345", "0348", "0385", "0396", "0397"}  # named by MASTG, their text not yet published


def test_the_ledger_holds_every_claim_once_and_in_order() -> None:
    assert [claim.id for claim in LEDGER] == CLAIMS + OBSERVABLES


def test_every_claim_is_said_in_a_sentence_of_its_own() -> None:
    texts = Counter(claim.text for claim in LEDGER)

    assert max(texts.values()) == 1
    assert [text for text in texts if not re.fullmatch(r"[A-Z].+\.", text)] == []


def test_every_claim_can_be_observed_somewhere() -> None:
    assert [claim.id for claim in LEDGER if not claim.layers] == []


@pytest.mark.parametrize(
    ("field", "pattern"),
    [
        ("masvs", r"MASVS-(STORAGE|CRYPTO|AUTH|NETWORK|PLATFORM|CODE|RESILIENCE|PRIVACY)-[1-4]"),
        ("mastg", r"MASTG-(TEST-\d{4}|0x04e)"),
        ("maswe", r"MASWE-00\d{2}"),
    ],
)
def test_ids_of_owasp_are_spelled_as_owasp_spells_them(field: str, pattern: str) -> None:
    ids = [one for claim in LEDGER for one in getattr(claim, field)]

    assert [one for one in ids if not re.fullmatch(pattern, one)] == []


def test_no_test_is_quoted_whose_text_nobody_has_read() -> None:
    quoted = {one[-4:] for claim in LEDGER for one in claim.mastg}

    assert quoted.isdisjoint(UNSEEN_TESTS)


def test_ids_that_stand_for_no_claim_are_named() -> None:
    assert unknown_claims(["C08", "C67", "O19", "c08"], LEDGER) == ("C67", "O19", "c08")


def test_an_unknown_claim_is_refused_with_what_may_be_given() -> None:
    with pytest.raises(UsageError, match="no such claim: C99; give one of C01-C66 or O1-O18"):
        refuse_unknown_claims(["C01", "C99"], LEDGER)


def test_known_claims_are_not_refused() -> None:
    refuse_unknown_claims(CLAIMS, LEDGER)

    assert unknown_claims(CLAIMS, LEDGER) == ()
