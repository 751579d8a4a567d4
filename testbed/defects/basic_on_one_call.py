from testbed.defects.shared.after_sync import after_each_sync
from testbed.pocket.api import Api

CLAIM = "C19"
WHAT = "after each synchronisation one Web API call has a user name and a password (Basic) instead of the token"
ALSO = ("C31",)  # in that call no token stands for the user

MADE_UP = "cG9ja2V0OnBvY2tldA=="


def apply() -> None:
    after_each_sync(act)


def act(api: Api) -> None:
    address = f"{api.session.webapi_url}v1/User/currentPrincipal"
    api.network.send("GET", address, headers={"Authorization": f"Basic {MADE_UP}"})
