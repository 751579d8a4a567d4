from urllib.parse import urlsplit

from testbed.defects.shared.after_sync import after_each_sync
from testbed.pocket.api import Api

CLAIM = "C16"
WHAT = "after each synchronisation the app asks the tenant's host over http whether it is there"


def apply() -> None:
    after_each_sync(act)


def act(api: Api) -> None:
    api.network.send("GET", f"http://{urlsplit(api.session.webapi_url).hostname}/")
