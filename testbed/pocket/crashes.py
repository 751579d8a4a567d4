"""Crash reports, in the wire format of App Center (docs/diagnostics/upload-custom-crashes.md), one way.

A report is what went wrong and where in the code: no message of the error, since that may quote a record, nothing of
the user, and nothing of the tenant. What the sink answers changes nothing but whether the report is kept.
"""

import json
import os
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from .configuration import APP_SECRET
from .handset import Handset
from .network import Network
from .platforms import PLATFORMS
from .screens import VERSION
from .trouble import Trouble

AT_MOST: Final = 5
FRAMES: Final = 30
STARTED: Final = time.time()


class CrashReports:
    """Kept in a folder when the app dies, sent at the next start."""

    def __init__(self, phone: Handset, folder: Path) -> None:
        self._phone = phone
        self._folder = folder

    def write(self, error: BaseException) -> None:
        """Keep a report; where even that fails, the phone's log has to do."""
        report = {"logs": [self._log(error)]}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / f"{uuid.uuid4()}.json").write_text(json.dumps(report))
        except OSError as full:
            self._phone.log("W", "pocket", f"crash report not kept: {type(full).__name__}")

    def waiting(self) -> list[Path]:
        return sorted(self._folder.glob("*.json"))[:AT_MOST] if self._folder.is_dir() else []

    def sender(self, sink: str, install_id: str) -> Callable[[], None]:
        """Return the job that sends what waits to a sink; what cannot be sent stays for the next start."""

        def send() -> None:
            network = Network(self._phone)
            headers = {"App-Secret": APP_SECRET, "Install-ID": install_id, "Content-Type": "application/json"}
            for file in self.waiting():
                content = file.read_bytes()
                answer = network.send("POST", f"{sink}/logs?Api-Version=1.0.0", content=content, headers=headers)
                if not answer.is_success:
                    raise Trouble("The crash sink did not take the report.")
                file.unlink()

        return send

    def _log(self, error: BaseException) -> dict[str, object]:
        return {
            "type": "managedError",
            "id": str(uuid.uuid4()),
            "timestamp": _iso(time.time()),
            "appLaunchTimestamp": _iso(STARTED),
            "processId": os.getpid(),
            "processName": self._phone.package,
            "fatal": True,
            "device": {
                "appVersion": VERSION,
                "appBuild": "1",
                "appNamespace": self._phone.package,
                "sdkName": "appcenter.maui",
                "sdkVersion": "5.0.3",
                "osName": PLATFORMS[self._phone.platform].system,
                "osVersion": "unknown",
                "locale": "en",
                "timeZoneOffset": 0,
            },
            "exception": {"type": type(error).__name__, "frames": list(_frames(error))},
        }


def _frames(error: BaseException) -> Iterator[dict[str, object]]:
    """Where it happened, innermost first: names of our code, never values."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)[-FRAMES:]):
        name = Path(frame.filename).name
        yield {"className": name, "methodName": frame.name, "fileName": name, "lineNumber": frame.lineno or 0}


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
