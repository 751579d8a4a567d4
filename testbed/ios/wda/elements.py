"""Elements that the client holds: which one each is, and whether it still is there (FBElementCache.m)."""

import hashlib
import struct
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field

from testbed.handset.refusal import Fault, Refusal
from testbed.ios.wda.snapshot import PREFIX, Identity, Snapshot

CAPACITY = 1024
"""ELEMENT_CACHE_SIZE."""


def uid_of(identity: Identity, pid: int) -> str:
    """A UUID of element number and pid, as FBElementUtils.m packs them; the same while the element is the same."""
    words = repr(identity)
    number = int.from_bytes(hashlib.blake2b(words.encode(), digest_size=6).digest(), "little")
    return str(uuid.UUID(bytes=struct.pack("<QII", number, pid & 0xFFFFFFFF, 0))).upper()


@dataclass(frozen=True, slots=True)
class Held:
    owner: str
    pid: int
    identity: Identity
    description: str


@dataclass(slots=True)
class Elements:
    """The element cache of one session."""

    _held: "OrderedDict[str, Held]" = field(default_factory=OrderedDict)

    def add(self, snapshot: Snapshot, owner: str, pid: int) -> str:
        """The id of an element of the app `owner`; the least recently used one goes where there are too many."""
        uid = uid_of(snapshot.identity, pid)
        self._held[uid] = Held(
            owner, pid, snapshot.identity, f"{snapshot.type} {snapshot.identifier or snapshot.label}"
        )
        self._held.move_to_end(uid)
        if len(self._held) > CAPACITY:
            self._held.popitem(last=False)
        return uid

    def get(self, uid: str) -> Held:
        """What is held under an id.

        :raises Refusal: stale element reference, for one that is not held.
        """
        held = self._held.get(uid)
        if held is None:
            words = f'The element identified by "{uid}" is either not present or it has expired from the internal cache'
            raise Refusal(Fault.STALE_ELEMENT, f"{words}. Try to find it again")
        self._held.move_to_end(uid)
        return held

    def forget(self, uid: str) -> None:
        self._held.pop(uid, None)


def stale(held: Held) -> Refusal:
    """XCUIElement+FBUtilities.m, fb_raiseStaleElementException."""
    words = f'The previously found element ""{held.description}" {PREFIX}{held.identity.kind}"'
    hint = "Make sure the application UI has the expected state"
    return Refusal(Fault.STALE_ELEMENT, f"{words} is not present in the current view anymore. {hint}")
