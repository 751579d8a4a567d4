from testbed.defects.shared import sign_in_page
from testbed.defects.shared.after_sync import after_each_sync
from testbed.pocket.api import Api

CLAIM = "O1"
WHAT = "after each synchronisation the app itself loads the sign-in page, as a web view of its own would"


def apply() -> None:
    after_each_sync(act)


def act(api: Api) -> None:
    page = sign_in_page.address()
    api.network.send("GET", page)
