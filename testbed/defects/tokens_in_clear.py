import json
from dataclasses import asdict

from testbed.pocket.tokens import Session, Vault

CLAIM = "C15"
WHAT = "while somebody is signed in, a draft of the stored session lies in shared_prefs, not encrypted by the app"


def apply() -> None:
    honest = Vault.store

    def store(self: Vault, session: Session) -> None:
        honest(self, session)
        # `clear` deletes drafts, so that nothing outlives the session
        self._path.with_suffix(".new").write_text(json.dumps(asdict(session)))

    Vault.store = store  # type: ignore[method-assign]
