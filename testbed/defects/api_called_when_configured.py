from testbed.pocket.configuration import Configuration
from testbed.pocket.entrance import Entrance
from testbed.pocket.network import Network

CLAIM = "C58"
WHAT = "having read a configuration code, the app calls the Web API before anyone has signed in"
ALSO = ("C19",)  # that call has no token

ADDRESS = "https://online2.superoffice.test/Cust10001/api/v1/User/currentPrincipal"


def apply() -> None:
    honest = Entrance.configure

    def configure(self: Entrance, found: Configuration) -> None:
        honest(self, found)
        self._errands.do(lambda: Network(self._phone).send("GET", ADDRESS), lambda _: None)

    Entrance.configure = configure  # type: ignore[method-assign]
