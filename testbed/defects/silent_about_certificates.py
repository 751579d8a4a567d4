from testbed.pocket.main import App
from testbed.pocket.trouble import Insecure, Trouble

CLAIM = "C16"
WHAT = "when a server cannot prove who it is, the app gives up without a word"
ALSO = ("C17",)  # it is silent about a server that speaks old TLS only, too


def apply() -> None:
    honest = App._suffer  # noqa: SLF001 -- the function that is replaced

    def suffer(self: App, trouble: Trouble) -> None:
        if isinstance(trouble, Insecure):
            self._syncing = False
        else:
            honest(self, trouble)

    App._suffer = suffer  # type: ignore[method-assign] # noqa: SLF001 -- as above
