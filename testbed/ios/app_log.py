from testbed.handset.processes import AppProcess
from testbed.ios.faults import Fault, Faults
from testbed.ios.programs import Program
from testbed.ios.syslog import Level, Syslog

LEVELS = {"D": Level.DEBUG, "I": Level.NOTICE, "W": Level.ERROR, "E": Level.ERROR, "F": Level.FAULT}
"""What an app's own priorities become: NSLog and os_log's default both come out as Notice."""


class AppLog:
    """What the system log says of app processes: SpringBoard's lines, and what they print."""

    def __init__(self, log: Syslog, faults: Faults) -> None:
        self._log = log
        self._faults = faults

    def started(self, process: AppProcess[Program]) -> None:
        if Fault.LOG_SILENT not in self._faults:
            self._log.write("SpringBoard", f"Bootstrapping app<{process.name}> with intent foreground-interactive")

    def ended(self, process: AppProcess[Program]) -> None:
        how = "terminated" if process.killed else "exited"
        if Fault.LOG_SILENT not in self._faults:
            self._log.write("SpringBoard", f"Process {how}: [app<{process.name}>:{process.pid}]")

    def said(self, process: AppProcess[Program], line: str, *, error: bool) -> None:
        self.write(process, line, Level.ERROR if error else Level.NOTICE)

    def write(self, process: AppProcess[Program], message: str, level: Level) -> None:
        if Fault.LOG_SILENT not in self._faults:
            self._log.write(process.package.executable, message, level, pid=process.pid)
