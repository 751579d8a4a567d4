"""What a claim is, and how it is found from its number."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum

from faults import UsageError


class Layer(Enum):
    """Where a claim can be observed."""

    UI = "U"
    TRAFFIC = "T"
    DEVICE = "D"
    SERVER = "S"


@dataclass(frozen=True, slots=True)
class Claim:
    """One promise of the security description, or one OAuth rule that a proxy can observe.

    `masvs`, `mastg` and `maswe` are OWASP ids; MASWE numbers are those of version 1, where the same number means
    something else than in the beta that the front matter of MASTG's tests still quotes. `note` says what limits it.
    """

    id: str
    text: str
    layers: tuple[Layer, ...]
    masvs: tuple[str, ...] = ()
    mastg: tuple[str, ...] = ()
    maswe: tuple[str, ...] = ()
    note: str = ""


def unknown_claims(ids: Iterable[str], ledger: Iterable[Claim]) -> tuple[str, ...]:
    """Those of the ids that stand for no claim, in the order given."""
    known = {claim.id for claim in ledger}
    return tuple(one for one in ids if one not in known)


def _short(text: str) -> tuple[str, str]:
    """`c8` is C08 typed in haste."""
    return text[:1].upper(), text[1:].lstrip("0")


def refuse_unknown_claims(ids: Iterable[str], ledger: Collection[Claim]) -> None:
    """Raise UsageError that names the ids which stand for no claim and those that do."""
    strangers = unknown_claims(ids, ledger)
    if strangers:
        meant = next((f"did you mean {claim.id}? " for claim in ledger if _short(claim.id) == _short(strangers[0])), "")
        msg = f"no such claim: {', '.join(strangers)}; {meant}give one of C01-C66 or O1-O18"
        raise UsageError(msg)
