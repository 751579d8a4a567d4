from testbed.pocket.configuration import Configuration
from testbed.pocket.main import App
from testbed.pocket.network import Network

CLAIM = "C58"
WHAT = "having read a configuration code, the app calls the Web API before anyone has signed in"
ALSO = ("C19",)  # that call has no token

ADDRESS = "https://online2.superoffice.test/Cust10001/api/v1/User/currentPrincipal"


def apply() -> None:
    honest = App._configure  # noqa: SLF001 -- the function that is replaced

    def configure(self: App, found: Configuration) -> None:
        honest(self, found)
        self._do(lambda: Network(self._phone).send("GET", ADDRESS), lambda _: None)

    App._configure = configure  # type: ignore[method-assign] # noqa: SLF001 -- as above
