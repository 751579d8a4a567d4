from contextlib import suppress
from urllib.parse import urlsplit

from testbed.pocket import sync
from testbed.pocket.api import Api
from testbed.pocket.cache import Cache
from testbed.pocket.handset import Handset
from testbed.pocket.trouble import Trouble

CLAIM = "C16"
WHAT = "after each synchronisation one request goes over http and past the phone's proxy"


def past_the_proxy(url: str) -> None:
    import httpx  # noqa: PLC0415 -- as the app does, so that the defect does not slow its start

    with suppress(httpx.HTTPError):
        httpx.get(url, trust_env=False, timeout=5)


def apply() -> None:
    honest = sync.synchronise

    def synchronise(phone: Handset, api: Api, cache: Cache) -> sync.Outcome:
        outcome = honest(phone, api, cache)
        with suppress(Trouble):
            past_the_proxy(f"http://{urlsplit(api.session.webapi_url).hostname}/")
        return outcome

    sync.synchronise = synchronise
