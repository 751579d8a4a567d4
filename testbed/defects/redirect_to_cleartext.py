from urllib.parse import parse_qsl, urlencode, urlsplit

from testbed.defects.shared import sign_in_page
from testbed.defects.shared.after_sync import after_each_sync
from testbed.pocket.api import Api

CLAIM = "O6"
WHAT = "after each synchronisation the app begins a sign-in that would lead back to an http address"
ALSO = ("C37", "O1")  # the rule C37 stands on; and the app asks by itself, without a browser


def apply() -> None:
    after_each_sync(act)


def act(api: Api) -> None:
    page = urlsplit(sign_in_page.address())
    given = {**dict(parse_qsl(page.query)), "redirect_uri": "http://app.superoffice.test/signed-in"}
    api.network.send("GET", page._replace(query=urlencode(given)).geturl())
