"""Every command the shell knows; what is not here is not found."""

from testbed.android.commands import (
    backup,
    builtins,
    cmd,
    files,
    logs,
    looking,
    mounts,
    netstat,
    network,
    processes,
    streams,
    system,
    texts,
)
from testbed.android.commands.am import am
from testbed.android.commands.content import content
from testbed.android.commands.database import database
from testbed.android.commands.dumpsys import dumpsys
from testbed.android.commands.grep import grep
from testbed.android.commands.locksettings import locksettings
from testbed.android.commands.options import OptionError
from testbed.android.commands.pm import pm
from testbed.android.commands.su import su
from testbed.android.commands.touch import tap_and_type
from testbed.android.shell.call import Call, Tool

COMMANDS: tuple[tuple[str, Tool], ...] = (
    (":", builtins.true),
    ("[", builtins.test),
    ("am", am),
    ("appops", cmd.appops),
    ("base64", texts.base64),
    ("basename", streams.basename),
    ("bmgr", backup.bmgr),
    ("bu", backup.bu),
    ("cat", files.cat),
    ("cd", builtins.cd),
    ("chcon", mounts.chcon),
    ("chmod", files.chmod),
    ("chown", files.chown),
    ("cmd", cmd.cmd),
    ("content", content),
    ("cp", files.cp),
    ("cut", streams.cut),
    ("dd", streams.dd),
    ("df", mounts.df),
    ("dirname", streams.dirname),
    ("du", files.du),
    ("dumpsys", dumpsys),
    ("echo", texts.echo),
    ("exit", builtins.leave),
    ("export", builtins.export),
    ("false", builtins.false),
    ("find", files.find),
    ("egrep", grep),
    ("env", builtins.environment),
    ("grep", grep),
    ("ifconfig", network.ifconfig),
    ("ip", network.ip),
    ("head", texts.head),
    ("ime", cmd.ime),
    ("input", tap_and_type),
    ("kill", processes.kill),
    ("locksettings", locksettings),
    ("log", logs.log),
    ("logcat", logs.logcat),
    ("ls", files.ls),
    ("md5sum", texts.digest("md5")),
    ("mkdir", files.mkdir),
    ("monkey", looking.monkey),
    ("mount", mounts.mount),
    ("mv", files.mv),
    ("netstat", netstat.netstat),
    ("nsenter", mounts.nsenter),
    ("pgrep", processes.pgrep),
    ("pidof", processes.pidof),
    ("pm", pm),
    ("printenv", builtins.environment),
    ("printf", streams.printf),
    ("ps", processes.ps),
    ("pwd", builtins.pwd),
    ("realpath", streams.realpath),
    ("restorecon", mounts.chcon),
    ("rm", files.rm),
    ("rmdir", files.rmdir),
    ("screencap", looking.screencap),
    ("sed", streams.sed),
    ("seq", streams.seq),
    ("set", builtins.options),
    ("settings", cmd.settings),
    ("sha1sum", texts.digest("sha1")),
    ("sha256sum", texts.digest("sha256")),
    ("sleep", builtins.sleep),
    ("sort", streams.sort),
    ("sqlite3", database),
    ("ss", netstat.ss),
    ("strings", texts.strings),
    ("stat", files.show_stat),
    ("su", su),
    ("svc", cmd.svc),
    ("sync", builtins.true),
    ("tail", texts.tail),
    ("tar", texts.tar),
    ("tee", streams.tee),
    ("test", builtins.test),
    ("top", processes.top),
    ("touch", files.touch),
    ("tr", streams.tr),
    ("true", builtins.true),
    ("uiautomator", looking.uiautomator),
    ("umount", mounts.umount),
    ("uniq", streams.uniq),
    ("unset", builtins.unset),
    ("wc", texts.wc),
    ("wm", looking.wm),
    ("xargs", streams.xargs),
    *system.TOOLS,
)
SERVED = frozenset(
    {"am", "appops", "bmgr", "bu", "cmd", "content", "ime", "input", "locksettings", "monkey", "pm", "settings", "svc"}
    | {"uiautomator", "wm"}
)
"""Tools that only hand on what they are asked to a service; while the phone boots there is none."""
NO_SERVICE = 20


def _with_options_checked(tool: Tool) -> Tool:
    """An option that a tool does not know is its error and a note, whichever tool it is."""

    async def checked(call: Call) -> int:
        if not call.phone.booted and call.name in SERVED:
            return await call.fail(f"cmd: Can't find service: {SERVICE_OF.get(call.name, call.name)}", NO_SERVICE)
        try:
            return await tool(call)
        except OptionError as error:
            return await call.unmodelled(str(error))

    return checked


SERVICE_OF = {"am": "activity", "pm": "package", "wm": "window", "ime": "input_method"}
TOOLS: dict[str, Tool] = {name: _with_options_checked(tool) for name, tool in COMMANDS}
