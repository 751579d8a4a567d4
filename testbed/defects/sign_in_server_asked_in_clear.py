from testbed.defects.shared.after_sync import after_each_sync
from testbed.pocket.api import Api

CLAIM = "O15"
WHAT = "after each synchronisation the app asks the sign-in service over http what it can do"
ALSO = ("C16",)  # a request in clear


def apply() -> None:
    after_each_sync(act)


def act(api: Api) -> None:
    api.network.send("GET", "http://online.superoffice.test/login/.well-known/openid-configuration")
