from collections.abc import Callable

from .handset import Handset
from .trouble import Trouble
from .worker import Worker


class Errands:
    """Work that waits for the network; its outcome counts only while the session is the same."""

    def __init__(self, phone: Handset, worker: Worker) -> None:
        self._phone = phone
        self._worker = worker
        self._epoch = 0
        self.suffer: Callable[[Trouble], None] = lambda _: None

    def do[T](self, job: Callable[[], T], done: Callable[[T], None]) -> None:
        """Have the worker do a job, then `done` with its outcome, or `suffer` with its trouble."""
        epoch = self._epoch

        def tried() -> T | Trouble:
            try:
                return job()
            except Trouble as trouble:
                return trouble

        def arrived(outcome: T | Trouble) -> None:
            if epoch != self._epoch:
                return
            if isinstance(outcome, Trouble):
                self.suffer(outcome)
            else:
                done(outcome)

        self._worker.submit(tried, arrived)

    def send(self, job: Callable[[], None]) -> None:
        """Have something done of which nobody waits for the outcome."""

        def tried() -> None:
            try:
                job()
            except Trouble as trouble:
                self._phone.log("W", "pocket", f"trouble: {type(trouble).__name__}")

        self._worker.submit(tried, lambda _: None)

    def cancel(self) -> None:
        """Whatever is under way concerns nobody any more."""
        self._epoch += 1
