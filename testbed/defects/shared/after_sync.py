from collections.abc import Callable
from contextlib import suppress

from testbed.pocket import sync
from testbed.pocket.api import Api
from testbed.pocket.cache import Cache
from testbed.pocket.handset import Handset
from testbed.pocket.trouble import Trouble


def after_each_sync(act: Callable[[Api], object]) -> None:
    """Have the app do one thing more whenever it has synchronised; what comes of it changes nothing else."""
    honest = sync.synchronise

    def synchronise(phone: Handset, api: Api, cache: Cache) -> sync.Outcome:
        outcome = honest(phone, api, cache)
        with suppress(Trouble):
            act(api)
        return outcome

    sync.synchronise = synchronise
