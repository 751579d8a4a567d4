from testbed.android.logcat import Logcat
from testbed.android.packages.installed import Installed
from testbed.handset.processes import AppProcess


class AppLog:
    """What the log says of app processes: ActivityManager's lines (ProcessRecord.java), and what they print."""

    def __init__(self, log: Logcat) -> None:
        self._log = log

    def started(self, process: AppProcess[Installed]) -> None:
        message = f"Start proc {process.pid}:{process.name}/{process.package.user.name} for top-activity"
        self._log.write("I", "ActivityManager", message, buffer="system")

    def ended(self, process: AppProcess[Installed]) -> None:
        died = f"Process {process.name} (pid {process.pid}) has died: fg  TOP"
        killed = f"Killing {process.pid}:{process.name}/{process.package.user.name} (adj 0): stop {process.name}"
        self._log.write("I", "ActivityManager", killed if process.killed else died, buffer="system")

    def said(self, process: AppProcess[Installed], line: str, *, error: bool) -> None:
        priority, tag = ("W", "System.err") if error else ("I", "System.out")
        self._log.write(priority, tag, line, pid=process.pid)
