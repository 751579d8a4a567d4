from suites.key_ring import KeyRing
from tests.suites.builders import PaperTenant, secret

DOMAIN = "superoffice.test"
FIRST, SECOND = secret("first-token-of-ada-0123456789"), secret("second-token-of-ada-0123456789", "refresh_token")


def found_by(ring: KeyRing, text: str) -> list[str]:
    return [sighting.secret.kind for sighting in ring.tracked(DOMAIN).found_in(text.encode())]


def test_what_a_reset_forgets_stays_on_the_ring() -> None:
    ring, tenant = KeyRing(), PaperTenant((FIRST,))
    ring.collect(tenant)
    tenant.known = (SECOND,)
    ring.collect(tenant)

    assert found_by(ring, f"{FIRST.value} and {SECOND.value}") == ["access_token", "refresh_token"]


def test_a_secret_that_is_met_twice_is_one_secret() -> None:
    ring, tenant = KeyRing(), PaperTenant((FIRST,))

    ring.collect(tenant)
    ring.collect(tenant)

    assert found_by(ring, FIRST.value) == ["access_token"]


def test_before_the_first_sign_in_the_ring_is_empty() -> None:
    ring = KeyRing()

    ring.collect(PaperTenant())

    assert found_by(ring, FIRST.value) == []
