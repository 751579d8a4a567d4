import pytest

from faults import EvidenceMissing
from suites.tour import API, TOKENS
from tests.suites.builders import exchange, tour

CALL, PAGE = exchange("/Cust10001/api/v1/Contact"), exchange("/login")


def test_the_calls_to_a_part_of_the_service_are_picked_in_their_order() -> None:
    later = exchange("/Cust10001/api/v1/Sale")

    assert tour(CALL, PAGE, later).calls(API) == (CALL, later)


def test_a_walk_that_never_came_by_proves_nothing() -> None:
    with pytest.raises(EvidenceMissing, match=r"^no request to …/oauth/tokens was seen among 2; is the phone's proxy"):
        tour(CALL, PAGE).calls(TOKENS)


def test_a_walk_that_was_not_seen_at_all_proves_nothing() -> None:
    with pytest.raises(EvidenceMissing, match="was seen among 0"):
        tour().calls(API)


def test_a_walk_without_a_handshake_says_nothing_of_its_strength() -> None:
    with pytest.raises(EvidenceMissing, match="no TLS handshake was recorded"):
        tour(CALL).handshakes()
