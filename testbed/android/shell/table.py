"""Every command the shell knows; what is not here is not found."""

from testbed.android.commands import builtins, cmd, files, logs, system, texts
from testbed.android.commands.am import am
from testbed.android.commands.dumpsys import dumpsys
from testbed.android.commands.options import OptionError
from testbed.android.commands.pm import pm
from testbed.android.commands.touch import tap_and_type
from testbed.android.shell.call import Call, Tool

COMMANDS: tuple[tuple[str, Tool], ...] = (
    (":", builtins.true),
    ("[", builtins.test),
    ("am", am),
    ("appops", cmd.appops),
    ("base64", texts.base64),
    ("cat", files.cat),
    ("cd", builtins.cd),
    ("chmod", files.chmod),
    ("chown", files.chown),
    ("cmd", cmd.cmd),
    ("cp", files.cp),
    ("du", files.du),
    ("dumpsys", dumpsys),
    ("echo", texts.echo),
    ("exit", builtins.leave),
    ("export", builtins.export),
    ("false", builtins.false),
    ("find", files.find),
    ("grep", texts.grep),
    ("head", texts.head),
    ("ime", cmd.ime),
    ("input", tap_and_type),
    ("locksettings", cmd.locksettings),
    ("log", logs.log),
    ("logcat", logs.logcat),
    ("ls", files.ls),
    ("md5sum", texts.digest("md5")),
    ("mkdir", files.mkdir),
    ("mv", files.mv),
    ("pm", pm),
    ("pwd", builtins.pwd),
    ("rm", files.rm),
    ("rmdir", files.rmdir),
    ("settings", cmd.settings),
    ("sha1sum", texts.digest("sha1")),
    ("sha256sum", texts.digest("sha256")),
    ("sleep", builtins.sleep),
    ("stat", files.show_stat),
    ("svc", cmd.svc),
    ("tail", texts.tail),
    ("tar", texts.tar),
    ("test", builtins.test),
    ("touch", files.touch),
    ("true", builtins.true),
    ("unset", builtins.unset),
    ("wc", texts.wc),
    *system.TOOLS,
)


def _with_options_checked(tool: Tool) -> Tool:
    """An option that a tool does not know is its error and a note, whichever tool it is."""

    async def checked(call: Call) -> int:
        try:
            return await tool(call)
        except OptionError as error:
            return await call.unmodelled(str(error))

    return checked


TOOLS: dict[str, Tool] = {name: _with_options_checked(tool) for name, tool in COMMANDS}
