from urllib.parse import urlsplit

from testbed.defects.shared import past_the_proxy
from testbed.defects.shared.after_sync import after_each_sync
from testbed.pocket.api import Api

CLAIM = "C16"
WHAT = "after each synchronisation one request goes over http and past the phone's proxy"


def apply() -> None:
    after_each_sync(act)


def act(api: Api) -> None:
    past_the_proxy.ask(f"http://{urlsplit(api.session.webapi_url).hostname}/")
