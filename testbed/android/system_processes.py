"""Processes of the system, which every phone has and which only show up in lists here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SystemProcess:
    pid: int
    parent: int
    user: str
    name: str


INIT_PID, ZYGOTE_PID = 1, 378
SYSTEM_PROCESSES = (
    SystemProcess(INIT_PID, 0, "root", "init"),
    SystemProcess(2, 0, "root", "[kthreadd]"),
    SystemProcess(164, INIT_PID, "logd", "logd"),
    SystemProcess(165, INIT_PID, "lmkd", "lmkd"),
    SystemProcess(166, INIT_PID, "system", "servicemanager"),
    SystemProcess(209, INIT_PID, "root", "vold"),
    SystemProcess(376, INIT_PID, "root", "netd"),
    SystemProcess(ZYGOTE_PID, INIT_PID, "root", "zygote64"),
    SystemProcess(412, INIT_PID, "system", "surfaceflinger"),
    SystemProcess(431, INIT_PID, "shell", "adbd"),
    SystemProcess(601, ZYGOTE_PID, "system", "system_server"),
    SystemProcess(799, ZYGOTE_PID, "u0_a95", "com.android.systemui"),
)
