from dataclasses import dataclass

from .account import Account
from .cache import Cache
from .errands import Errands
from .handset import Handset
from .settings import Memory
from .stage import Stage


@dataclass(frozen=True, slots=True)
class House:
    """What all rooms of the app share."""

    phone: Handset
    memory: Memory
    cache: Cache
    account: Account
    stage: Stage
    errands: Errands
