from testbed.pocket.presence import Presence
from testbed.pocket.trouble import Insecure, Trouble

CLAIM = "C16"
WHAT = "when a server cannot prove who it is, the app gives up without a word"
ALSO = ("C17",)  # it is silent about a server that speaks old TLS only, too


def apply() -> None:
    honest = Presence.suffer

    def suffer(self: Presence, trouble: Trouble) -> None:
        if isinstance(trouble, Insecure):
            self._syncing = False
        else:
            honest(self, trouble)

    Presence.suffer = suffer  # type: ignore[method-assign]
