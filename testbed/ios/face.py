"""Face ID: what waits for the owner's face, and what happens when another looks (LAContext.evaluatePolicy).

The glyph that spins meanwhile is no part of any app's tree, so WebDriverAgent does not see it; the question after a
face that is not the owner's is an alert as any other.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from testbed.ios.alerts import Alert, Alerts

FAILED = "Face Not Recognized"


@dataclass(slots=True)
class FaceId:
    alerts: Alerts
    _waiting: "dict[str, asyncio.Future[bool]]" = field(default_factory=dict)

    async def authenticate(self, bundle_id: str) -> bool:
        """Wait until the owner looks; False where the person cancels or the app is gone."""
        self.forget(bundle_id)
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[bundle_id] = answer
        try:
            return await answer
        finally:
            if self._waiting.get(bundle_id) is answer:
                del self._waiting[bundle_id]

    async def look(self, *, owner: bool) -> bool:
        """Somebody looks at the phone; whether an app waited for it."""
        if not self._waiting or self.alerts.front is not None:
            return False
        bundle_id = next(iter(self._waiting))
        if owner:
            self._decide(bundle_id, recognised=True)
        else:
            await self._ask_again(bundle_id)
        return True

    def forget(self, bundle_id: str) -> None:
        self._decide(bundle_id, recognised=False)

    async def _ask_again(self, bundle_id: str) -> None:
        async def cancel() -> None:
            self._decide(bundle_id, recognised=False)

        async def try_again() -> None:
            return

        answers = (("Try Face ID Again", try_again), ("Cancel", cancel))
        await self.alerts.ask(Alert(bundle_id, FAILED, "", answers))

    def _decide(self, bundle_id: str, *, recognised: bool) -> None:
        with suppress(KeyError, asyncio.InvalidStateError):
            self._waiting[bundle_id].set_result(recognised)
