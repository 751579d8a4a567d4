from testbed.defects.shared.after_sync import after_each_sync
from testbed.pocket.api import Api

CLAIM = "C31"
WHAT = "after each synchronisation one Web API call has a token that is built into the app, nobody's own"
ALSO = ("C19", "C35", "O8")  # OAuth issued it to nobody, it is the same for all, and it is a secret in the app

BUILT_IN = "8A:Cust10001.pocket-mobile-built-in"


def apply() -> None:
    after_each_sync(act)


def act(api: Api) -> None:
    address = f"{api.session.webapi_url}v1/User/currentPrincipal"
    api.network.send("GET", address, headers={"Authorization": f"Bearer {BUILT_IN}"})
