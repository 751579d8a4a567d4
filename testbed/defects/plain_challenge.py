from testbed.defects.shared import sign_in_page
from testbed.defects.shared.after_sync import after_each_sync
from testbed.pocket.api import Api

CLAIM = "O3"
WHAT = "after each synchronisation the app begins a sign-in whose challenge is the verifier itself (plain)"
ALSO = ("C37", "O1")  # the rule C37 stands on; and the app asks by itself, without a browser


def apply() -> None:
    after_each_sync(act)


def act(api: Api) -> None:
    page = sign_in_page.address()
    api.network.send("GET", page.replace("=S256", "=plain"))
