import base64
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from testbed.runtime import leash
from testbed.runtime.binder import Binder, PhoneRefused
from testbed.runtime.event import Event

if TYPE_CHECKING:
    import ssl

    from testbed.runtime.courier import Courier

SUSPENDING = frozenset({"ios"})
"""Systems that stop an app which is behind: it could not notice then that its phone is gone."""


@dataclass(frozen=True, slots=True)
class BrowserEngine:
    """What a system browser is made of on this phone: programs of the machine it runs on, the version, and its room.

    `size` is the room of a page in the phone's pixels.
    """

    chromium: str
    certutil: str
    version: str
    size: tuple[int, int]


class Keystore:
    """Keys that never leave the phone; data goes to the phone and comes back encrypted."""

    def __init__(self, binder: Binder) -> None:
        self._binder = binder

    def encrypt(self, alias: str, data: bytes) -> bytes:
        return self._transform("keystore.encrypt", alias, data)

    def decrypt(self, alias: str, data: bytes) -> bytes:
        """Return the clear bytes; raises OSError where the key is gone or the data was altered."""
        return self._transform("keystore.decrypt", alias, data)

    def delete(self, alias: str) -> None:
        self._binder.call("keystore.delete", alias=alias)

    def _transform(self, call: str, alias: str, data: bytes) -> bytes:
        answer = self._binder.call(call, alias=alias, data=base64.b64encode(data).decode())
        return _bytes(answer)


class Keychain:
    """Small secrets that an iPhone keeps for an app, also when the app is removed; other phones have none.

    Each call raises OSError with the phone's OSStatus.
    """

    def __init__(self, binder: Binder) -> None:
        self._binder = binder

    def put(self, service: str, account: str, data: bytes) -> None:
        self._binder.call("keychain.put", service=service, account=account, data=base64.b64encode(data).decode())

    def get(self, service: str, account: str) -> bytes:
        return _bytes(self._binder.call("keychain.get", service=service, account=account))

    def delete(self, service: str, account: str) -> None:
        self._binder.call("keychain.delete", service=service, account=account)


class Phone:
    """What an app can see and do of the phone it runs on; handed to the app's entry."""

    def __init__(  # noqa: PLR0913 -- what a process is told at its start
        self,
        binder: Binder,
        *,
        platform: str,
        package: str,
        data: Path,
        ca: tuple[Path, ...],
        asked_at: float | None = None,
    ) -> None:
        self._asked_at = time.monotonic() if asked_at is None else asked_at
        self.platform = platform
        self.package = package
        self.data_dir = data
        self.keystore = Keystore(binder)
        self.keychain = Keychain(binder)
        self._binder = binder
        self._ca = ca
        self._courier: Courier | None = None

    def show(self, screen: str, root: Mapping[str, object], *, secure: bool = False) -> None:
        """Put a frame on the screen; the first one ends the start that `am start -W` times.

        A `secure` one is in no screenshot and in no picture of recent apps (Android's FLAG_SECURE).
        """
        self._binder.send({"frame": {"screen": screen, "root": root, **({"secure": True} if secure else {})}})

    def fully_drawn(self) -> None:
        """Say that the content people came for is there, as Android's `Activity.reportFullyDrawn`."""
        self._binder.send({"fully_drawn": True})

    def running_for(self) -> float:
        """Seconds since the phone was asked to start this process."""
        return time.monotonic() - self._asked_at

    def log(self, priority: str, tag: str, message: str) -> None:
        """Stamped by the process's own clock, as liblog does (AOSP system/logging/liblog/logger_write.cpp)."""
        self._binder.send({"log": {"priority": priority, "tag": tag, "message": message, "at": time.time()}})

    def events(self) -> Iterator[Event]:
        """Yield events for ever on the main thread; what was posted runs between them, as on Android's Looper."""
        while True:
            step = self._binder.inbox.get()
            if isinstance(step, Event):
                yield step
                if step.kind == "pause":
                    if self.platform in SUSPENDING:
                        leash.die_with_the_phone()
                    # whoever asks for the next event is done with this one: ActivityThread's activityPaused
                    self._binder.send({"paused": True})
            else:
                step()

    def post(self, task: Callable[[], None]) -> None:
        """Run a task of another thread on the main thread."""
        self._binder.inbox.put(task)

    def open_browser(self, url: str) -> None:
        self._binder.call("browser.open", url=url)

    def view(self, url: str) -> None:
        """Hand a link to the app that takes it; raises OSError where none does."""
        self._binder.call("activity.view", url=url)

    def capture_picture(self) -> bytes:
        """Return what the camera sees, as PNG."""
        return _bytes(self._binder.call("camera.capture"))

    def request_permission(self, permission: str) -> bool:
        """Ask the user where that is not decided yet; blocks, so not on the main thread."""
        return self._binder.call("permission.request", permission=permission) is True

    def authenticate(self, title: str) -> bool:
        """Ask for a finger; False where the user cancels. Blocks, so not on the main thread."""
        return self._binder.call("biometric.authenticate", title=title) is True

    def notify(self, title: str, text: str, tag: str = "") -> bool:
        """Post a notification; False where the user allows none."""
        return self._binder.call("notification.post", title=title, text=text, tag=tag) is True

    def register_for_push(self) -> str:
        """Return this app's handle at the phone's push service; what comes then is an event. Raises OSError."""
        if self._courier is None:
            from testbed.runtime.courier import SERVICES, Courier, Topic  # noqa: PLC0415 -- ssl, see tls_context

            host, device = SERVICES[self.platform], f"phone-{self.package}"
            self._courier = Courier(Topic(host, device, self.package), self.tls_context, self._binder.inbox.put)
        return self._courier.handle()

    def toast(self, text: str) -> None:
        self._binder.call("toast", text=text)

    def proxy(self) -> tuple[str, int] | None:
        """Return the phone's HTTP proxy as it is set now."""
        answer = self._binder.call("proxy")
        if answer is None:
            return None
        if not isinstance(answer, Mapping):
            raise PhoneRefused(f"proxy: not an address: {answer!r}")
        return str(answer["host"]), int(answer["port"])

    def tls_context(self) -> "ssl.SSLContext":
        from testbed.runtime.trust import tls_context  # noqa: PLC0415 -- ssl costs a cold start 15 ms before its first frame

        return tls_context(self._ca)

    @property
    def trusted_folders(self) -> tuple[Path, ...]:
        """The phone's certificate directories as this app sees them, for an app with a TLS stack of its own."""
        return self._ca

    def browser_engine(self) -> BrowserEngine:
        """What the phone's own browser runs; raises PhoneRefused for every other app."""
        answer = self._binder.call("browser.engine")
        if not isinstance(answer, Mapping):
            raise PhoneRefused(f"browser.engine: not an engine: {answer!r}")
        width, height = answer["size"]
        chromium, certutil, version = (str(answer[name]) for name in ("chromium", "certutil", "version"))
        return BrowserEngine(chromium, certutil, version, (int(width), int(height)))

    def serve_abstract(self, name: str, port: int) -> None:
        """Let an abstract socket of the phone lead to a port of this app's, as long as the app runs."""
        self._binder.call("socket.abstract", socket=name, port=port)

    def finish(self) -> None:
        self._binder.send({"finish": True})


def _bytes(answer: object) -> bytes:
    if not isinstance(answer, str):
        raise PhoneRefused("base64 is expected")
    return base64.b64decode(answer, validate=True)
