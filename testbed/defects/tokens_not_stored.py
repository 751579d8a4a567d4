from testbed.pocket.tokens import Session, Vault

CLAIM = "C36"
WHAT = "the tokens are kept in memory only, so the next start asks to sign in again"
ALSO = ("C52",)  # no start signs in by itself


def apply() -> None:
    def store(self: Vault, session: Session) -> None:
        pass

    Vault.store = store  # type: ignore[method-assign]
