from contextlib import suppress

from testbed.pocket.account import Account
from testbed.pocket.signin import CLIENT
from testbed.pocket.trouble import Trouble

CLAIM = "O18"
WHAT = "having logged out, the app renews the old session once more when the next one begins"

TOKENS = "https://online.superoffice.test/login/common/oauth/tokens"


def apply() -> None:
    end, warm_up, old = Account.end, Account.warm_up, list[str]()

    def remember_and_end(self: Account) -> None:
        if self._api is not None:
            old.append(self._api.session.refresh_token)
        end(self)

    def warm_up_and_renew(self: Account) -> None:
        warm_up(self)
        while old:
            form = {"grant_type": "refresh_token", "client_id": CLIENT, "refresh_token": old.pop()}
            with suppress(Trouble):
                self._network.send("POST", TOKENS, data=form)

    Account.end = remember_and_end  # type: ignore[method-assign]
    Account.warm_up = warm_up_and_renew  # type: ignore[method-assign]
