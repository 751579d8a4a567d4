import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread


class SilentRegistry:
    """Takes connections and never answers, until it hangs up: whoever asks is caught in the middle of its work."""

    def __init__(self, server: socket.socket) -> None:
        self.url = f"http://127.0.0.1:{server.getsockname()[1]}/simple"
        self.asked = Event()
        self._server, self._taken = server, list[socket.socket]()
        self._thread = Thread(target=self._take)
        self._thread.start()

    def hang_up(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown(socket.SHUT_RDWR)
            self._thread.join()
        for connection in self._taken:
            connection.close()

    def _take(self) -> None:
        while True:
            try:
                self._taken.append(self._server.accept()[0])
            except OSError:  # shut down
                return
            self.asked.set()


@contextmanager
def a_silent_registry() -> Iterator[SilentRegistry]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        registry = SilentRegistry(server)
        try:
            yield registry
        finally:
            registry.hang_up()
