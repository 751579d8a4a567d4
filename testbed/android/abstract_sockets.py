"""Abstract sockets that apps of the phone serve, such as a browser's DevTools."""

from dataclasses import dataclass

from testbed.android.packages.installed import Installed
from testbed.handset.processes import AppProcess


@dataclass(frozen=True, slots=True)
class Served:
    """Which app serves the socket, and the host's port it leads to."""

    owner: AppProcess[Installed]
    port: int


class AbstractSockets:
    """A socket is there as long as the process that serves it."""

    def __init__(self) -> None:
        self._rows: dict[str, Served] = {}

    def serve(self, name: str, owner: AppProcess[Installed], port: int) -> None:
        self._rows[name] = Served(owner, port)

    def get(self, name: str) -> Served | None:
        found = self._rows.get(name)
        return None if found is None or found.owner.ended.is_set() else found

    def names(self) -> list[str]:
        return [name for name in self._rows if self.get(name) is not None]
