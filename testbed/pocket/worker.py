import queue
import threading
from collections.abc import Callable

from .handset import Handset


class Worker:
    """Runs everything that may wait for the network, one job at a time, and brings each outcome to the main thread."""

    def __init__(self, phone: Handset, crashed: Callable[[Exception], None]) -> None:
        self._phone = phone
        self._crashed = crashed
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="network", daemon=True).start()

    def submit[T](self, job: Callable[[], T], done: Callable[[T], None]) -> None:
        """Run `job` on the worker, then `done` with its outcome on the main thread; an exception is the app's crash."""

        def both() -> None:
            outcome = job()
            self._phone.post(lambda: done(outcome))

        self._jobs.put(both)

    def _run(self) -> None:
        while True:
            job = self._jobs.get()
            try:
                job()
            except Exception as error:
                self._crashed(error)
                raise
