from contextlib import suppress

from testbed.pocket import sync
from testbed.pocket.api import Api
from testbed.pocket.cache import Cache
from testbed.pocket.handset import Handset
from testbed.pocket.trouble import Trouble

CLAIM = "O13"
WHAT = "after each synchronisation the app looks for a tracker, past the phone's proxy"

TRACKER = "tracker.example"


def past_the_proxy(url: str) -> None:
    import httpx  # noqa: PLC0415 -- as the app does, so that the defect does not slow its start

    with suppress(httpx.HTTPError):
        httpx.get(url, trust_env=False, timeout=5)


def apply() -> None:
    honest = sync.synchronise

    def synchronise(phone: Handset, api: Api, cache: Cache) -> sync.Outcome:
        outcome = honest(phone, api, cache)
        with suppress(Trouble):
            past_the_proxy(f"https://{TRACKER}/hello")
        return outcome

    sync.synchronise = synchronise
