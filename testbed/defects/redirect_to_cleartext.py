from contextlib import suppress
from urllib.parse import parse_qsl, urlencode, urlsplit

from testbed.pocket import signin, sync
from testbed.pocket.api import Api
from testbed.pocket.cache import Cache
from testbed.pocket.handset import Handset
from testbed.pocket.trouble import Trouble

CLAIM = "O6"
WHAT = "after each synchronisation the app begins a sign-in that would lead back to an http address"
ALSO = ("C37", "O1")  # the rule C37 stands on; and the app asks by itself, without a browser

SUPER_ID = "https://online.superoffice.test"


def apply() -> None:
    honest = sync.synchronise

    def synchronise(phone: Handset, api: Api, cache: Cache) -> sync.Outcome:
        outcome = honest(phone, api, cache)
        with suppress(Trouble):
            page = urlsplit(signin.address(signin.attempt(SUPER_ID), ask_password=True))
            given = {**dict(parse_qsl(page.query)), "redirect_uri": "http://app.superoffice.test/signed-in"}
            api.network.send("GET", page._replace(query=urlencode(given)).geturl())
        return outcome

    sync.synchronise = synchronise
