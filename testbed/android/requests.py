"""What an app process says and asks over its binder, and the phone's answers."""

import base64
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from testbed.android.activities import NoSuchActivity, NotResolved
from testbed.android.faults import Fault
from testbed.android.intent import Intent
from testbed.android.keystore import KeystoreError
from testbed.android.packages.installed import Installed
from testbed.android.packages.manifest import VIEW
from testbed.android.packages.system import CHROME
from testbed.android.windows.permission import NOTIFICATIONS, NOTIFICATIONS_SINCE
from testbed.handset.processes import AppProcess
from testbed.screen import theme

if TYPE_CHECKING:
    from testbed.android.phone import Phone

CAMERA = "android.permission.CAMERA"

type Arguments = Mapping[str, Any]
type Answer = Callable[["Phone", AppProcess[Installed], Arguments], Awaitable[object]]


class Refused(Exception):  # noqa: N818 -- an answer to the app
    """The message is the exception that a real phone would throw."""


async def hear(phone: "Phone", process: AppProcess[Installed], message: Mapping[str, Any]) -> None:
    """Takes one message of an app."""
    match message:
        case {"frame": {"screen": str(screen), "root": dict(root), **how}}:
            phone.activities.frame(process, screen, root, secure=how.get("secure") is True)
        case {"paused": True}:
            phone.activities.has_paused(process)
        case {"fully_drawn": True}:
            phone.activities.fully_drawn(process)
        case {"log": {"priority": str(priority), "tag": str(tag), "message": str(text), "at": float(at)}}:
            buffer = "crash" if tag == "AndroidRuntime" and priority == "E" else "main"
            phone.log.write(priority, tag, text, pid=process.pid, buffer=buffer, at=at)
        case {"finish": True}:
            phone.activities.finish(process.name)
        case {"call": "permission.request" | "biometric.authenticate" as name, "n": int(number), **rest}:
            phone.background(_asked(phone, process, name, number, rest.get("args") or {}))
        case {"call": str(name), "n": int(number), **rest}:
            process.send(await _answer(phone, process, name, number, rest.get("args") or {}))
        case {"hello": _}:
            pass
        case _:
            phone.unmodelled.note("binder", f"{process.name}: {sorted(message)}")


async def _asked(phone: "Phone", process: AppProcess[Installed], name: str, number: int, arguments: Arguments) -> None:
    """The user decides, and that takes a while: the app goes on meanwhile."""
    if name == "permission.request":
        answer = await _permitted(phone, process.package, str(arguments.get("permission")))
        phone.packages.save()
    else:
        answer = await phone.sensor.authenticate(process.package, str(arguments.get("title")))
    process.send({"answer": number, "value": answer})


async def _permitted(phone: "Phone", package: Installed, permission: str) -> bool:
    held = package.holds(permission)
    answer = await phone.permissions.request(package, permission)
    if held or Fault.GRANT_IGNORED not in phone.faults:
        return answer
    package.granted.discard(permission)
    return False


async def _answer(
    phone: "Phone", process: AppProcess[Installed], name: str, number: int, arguments: Arguments
) -> Mapping[str, object]:
    call = CALLS.get(name)
    if call is None:
        phone.unmodelled.note("binder", f"{process.name}: call {name}")
        return {"answer": number, "error": f"no such call: {name}"}
    try:
        return {"answer": number, "value": await call(phone, process, arguments)}
    except (Refused, KeystoreError) as error:
        return {"answer": number, "error": str(error)}
    except (KeyError, ValueError, TypeError) as error:
        return {"answer": number, "error": f"java.lang.IllegalArgumentException: {error!r}"}


async def _encrypt(phone: "Phone", process: AppProcess[Installed], arguments: Arguments) -> str:
    data = base64.b64decode(arguments["data"], validate=True)
    return base64.b64encode(phone.keystore.encrypt(process.name, arguments["alias"], data)).decode()


async def _decrypt(phone: "Phone", process: AppProcess[Installed], arguments: Arguments) -> str:
    data = base64.b64decode(arguments["data"], validate=True)
    return base64.b64encode(phone.keystore.decrypt(process.name, arguments["alias"], data)).decode()


async def _delete_key(phone: "Phone", process: AppProcess[Installed], arguments: Arguments) -> None:
    phone.keystore.delete(process.name, arguments["alias"])


async def _open_link(phone: "Phone", process: AppProcess[Installed], arguments: Arguments) -> None:
    link = Intent(action=VIEW, data=str(arguments["url"]), flags=0x10000000)
    try:
        await phone.activities.start(link, uid=process.package.uid)
    except (NotResolved, NoSuchActivity) as error:
        raise Refused(f"android.content.ActivityNotFoundException: No Activity found to handle {error}") from error


async def _open_browser(phone: "Phone", process: AppProcess[Installed], arguments: Arguments) -> None:
    if not str(arguments["url"]).lower().startswith(("http://", "https://")):
        raise Refused("java.lang.IllegalArgumentException: a browser opens http and https")
    await _open_link(phone, process, arguments)


async def _capture(phone: "Phone", process: AppProcess[Installed], _: Arguments) -> str:
    if not process.package.holds(CAMERA):
        raise Refused(f"java.lang.SecurityException: {process.name} does not have {CAMERA}")
    return base64.b64encode(phone.camera.capture()).decode()


async def _proxy(phone: "Phone", _: AppProcess[Installed], __: Arguments) -> dict[str, object] | None:
    proxy = None if Fault.PROXY_IGNORED in phone.faults else phone.settings.proxy()
    return None if proxy is None else {"host": proxy[0], "port": proxy[1]}


async def _engine(phone: "Phone", process: AppProcess[Installed], _: Arguments) -> dict[str, object]:
    """The room of a page is what the status bar and the browser's own bar leave."""
    found, (width, height) = phone.chromium, phone.surface.natural
    if found is None or process.name != CHROME:
        raise Refused(f"java.lang.SecurityException: {process.name} is not the system browser")
    room = (width, height - theme.STATUS_BAR - theme.HEADER - theme.GAP)
    return {"chromium": found.program, "certutil": found.certutil, "version": found.version, "size": room}


async def _abstract(phone: "Phone", process: AppProcess[Installed], arguments: Arguments) -> None:
    if process.name != CHROME:
        raise Refused(f"java.lang.SecurityException: {process.name} serves no sockets")
    phone.abstract_sockets.serve(str(arguments["socket"]), process, int(arguments["port"]))


async def _toast(phone: "Phone", process: AppProcess[Installed], arguments: Arguments) -> None:
    phone.log.write("I", "Toast", str(arguments["text"]), pid=process.pid)
    phone.surface.show_toast(str(arguments["text"]))


async def _notify(phone: "Phone", process: AppProcess[Installed], arguments: Arguments) -> bool:
    """False where the user has not allowed notifications: the phone drops them without a word."""
    package = process.package
    allowed = phone.api < NOTIFICATIONS_SINCE or package.manifest.target_sdk < NOTIFICATIONS_SINCE
    if not (allowed or package.holds(NOTIFICATIONS)):
        return False
    tag, title, text = (str(arguments.get(name) or "") for name in ("tag", "title", "text"))
    phone.surface.shade.post(process.name, tag, title, text, phone.clock.now())
    return True


CALLS: dict[str, Answer] = {
    "keystore.encrypt": _encrypt,
    "keystore.decrypt": _decrypt,
    "keystore.delete": _delete_key,
    "browser.engine": _engine,
    "browser.open": _open_browser,
    "activity.view": _open_link,
    "camera.capture": _capture,
    "notification.post": _notify,
    "proxy": _proxy,
    "socket.abstract": _abstract,
    "toast": _toast,
}
