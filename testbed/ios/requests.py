"""What an app process says and asks over its binder, and the phone's answers."""

import base64
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from testbed.handset.processes import AppProcess
from testbed.ios.alerts import Alert
from testbed.ios.app_log import LEVELS
from testbed.ios.keychain import Accessible, KeychainError
from testbed.ios.packages.app import App
from testbed.ios.permissions import CAMERA, FACE_ID, NOTIFICATIONS, NOTIFICATIONS_TEXT, Grant, Resource
from testbed.ios.programs import SHEET, Program
from testbed.ios.syslog import Level
from testbed.ios.wda.phone import AppFailedError, AppMissingError, LinkRefusedError

if TYPE_CHECKING:
    from testbed.ios.phone import Phone

KEYS = "keys"
"""The keychain service under which an app's own encryption keys lie."""
NONCE = 12
SHARING = "This allows the app and website to share information about you."

type Process = AppProcess[Program]
type Arguments = Mapping[str, Any]
type Answer = Callable[["Phone", Process, Arguments], Awaitable[object]]


class Refused(Exception):  # noqa: N818 -- an answer to the app
    """The message is the error that a real phone would give."""


async def hear(phone: "Phone", process: Process, message: Mapping[str, Any]) -> None:
    """Take one message of an app."""
    match message:
        case {"frame": {"screen": str(screen), "root": dict(root)}}:
            # `secure` is Android's: iOS has no window that a screenshot leaves out, an app covers itself instead
            phone.springboard.frame(process, screen, root)
        case {"paused": True}:
            phone.springboard.has_paused(process)
        case {"log": {"priority": str(priority), "tag": str(tag), "message": str(text)}}:
            phone.log.write(
                process, text if tag != "AndroidRuntime" else _crash(text), LEVELS.get(priority, Level.NOTICE)
            )
        case {"finish": True}:
            await _finished(phone, process)
        case {"call": str(name), "n": int(number), **rest}:
            # a question to the person takes a while, and the app goes on meanwhile
            phone.springboard.background(_answered(phone, process, name, number, rest.get("args") or {}))
        case {"hello": _} | {"fully_drawn": True}:
            pass
        case _:
            phone.unmodelled.note("binder", f"{process.name}: {sorted(message)}")


async def _answered(phone: "Phone", process: Process, name: str, number: int, arguments: Arguments) -> None:
    call = CALLS.get(name)
    if call is None:
        phone.unmodelled.note("binder", f"{process.name}: call {name}")
        process.send({"answer": number, "error": f"no such call: {name}"})
        return
    try:
        process.send({"answer": number, "value": await call(phone, process, arguments)})
    except (Refused, KeychainError) as error:
        process.send({"answer": number, "error": str(error)})
    except (KeyError, ValueError, TypeError) as error:
        process.send({"answer": number, "error": f"NSInvalidArgumentException: {error!r}"})


async def _finished(phone: "Phone", process: Process) -> None:
    """A sheet is closed by its own button; an app that ends itself is gone from the screen (exit(0))."""
    owner = phone.springboard.sheet_owner
    if process.name != SHEET:
        await phone.springboard.terminate(process.name)
    elif owner is not None:
        await phone.springboard.dismiss()
        _tell(phone, owner, {"event": "resume"})


# --- keys and secrets


async def _encrypt(phone: "Phone", process: Process, arguments: Arguments) -> str:
    nonce, alias = os.urandom(NONCE), str(arguments["alias"])
    clear = base64.b64decode(arguments["data"], validate=True)
    sealed = AESGCM(_key(phone, process, alias, make=True)).encrypt(nonce, clear, alias.encode())
    return base64.b64encode(nonce + sealed).decode()


async def _decrypt(phone: "Phone", process: Process, arguments: Arguments) -> str:
    sealed, alias = base64.b64decode(arguments["data"], validate=True), str(arguments["alias"])
    try:
        clear = AESGCM(_key(phone, process, alias)).decrypt(sealed[:NONCE], sealed[NONCE:], alias.encode())
    except InvalidTag as error:
        raise Refused("CryptoKitError: authenticationFailure") from error
    return base64.b64encode(clear).decode()


async def _delete_key(phone: "Phone", process: Process, arguments: Arguments) -> None:
    try:
        phone.device.keychain.delete(_group(process), KEYS, str(arguments["alias"]))
    except KeychainError:
        return  # what is not there needs no deleting


async def _put_secret(phone: "Phone", process: Process, arguments: Arguments) -> None:
    data = base64.b64decode(arguments["data"], validate=True)
    place = (str(arguments["service"]), str(arguments["account"]))
    phone.device.keychain.put(_group(process), *place, data, Accessible.AFTER_FIRST_UNLOCK_THIS_DEVICE)


async def _get_secret(phone: "Phone", process: Process, arguments: Arguments) -> str:
    place = (str(arguments["service"]), str(arguments["account"]))
    return base64.b64encode(phone.device.keychain.get(_group(process), *place, locked=phone.locked)).decode()


async def _delete_secret(phone: "Phone", process: Process, arguments: Arguments) -> None:
    phone.device.keychain.delete(_group(process), str(arguments["service"]), str(arguments["account"]))


def _key(phone: "Phone", process: Process, alias: str, *, make: bool = False) -> bytes:
    keychain, group = phone.device.keychain, _group(process)
    try:
        return keychain.get(group, KEYS, alias, locked=phone.locked)
    except KeychainError:
        if not make:
            raise
    keychain.put(group, KEYS, alias, AESGCM.generate_key(256), Accessible.AFTER_FIRST_UNLOCK_THIS_DEVICE)
    return keychain.get(group, KEYS, alias)


def _group(process: Process) -> str:
    return _app(process).keychain_groups[0]


def _app(process: Process) -> App:
    if process.package.app is None:
        raise Refused("NSPOSIXErrorDomain 1: Operation not permitted")
    return process.package.app


# --- links and the sign-in sheet


async def _sign_in(phone: "Phone", process: Process, arguments: Arguments) -> None:
    """ASWebAuthenticationSession.start: the system asks first, then shows the page with the browser's cookies.

    The callback's scheme is what the page's `redirect_uri` says; the app gets that link, and no other app does.
    """
    url = str(arguments["url"])
    host = urlsplit(url).hostname
    if urlsplit(url).scheme not in {"http", "https"} or not host:
        raise Refused("NSInvalidArgumentException: The URL must be an http or https URL")
    phone.callbacks[process.name] = _callback_scheme(url)

    async def go_on() -> None:
        await phone.springboard.present(process.name, url)

    async def cancel() -> None:
        _tell(phone, process.name, {"event": "resume"})

    title = f"“{process.package.title}” Wants to Use “{_site(host)}” to Sign In"
    await phone.alerts.ask(Alert(process.name, title, SHARING, (("Cancel", cancel), ("Continue", go_on))))


def _callback_scheme(url: str) -> str:
    redirect = parse_qs(urlsplit(url).query).get("redirect_uri", [""])[0]
    return redirect.partition(":")[0].lower()


def _site(host: str) -> str:
    """The domain that the alert names: the registrable one, here the last two labels."""
    return ".".join(host.split(".")[-2:])


async def _open_link(phone: "Phone", process: Process, arguments: Arguments) -> None:
    """UIApplication.open; a page that leads to an app's scheme ends its sign-in, or the person is asked."""
    url = str(arguments["url"])
    owner = phone.springboard.sheet_owner
    if process.name == SHEET and owner is not None:
        if url.partition(":")[0].lower() == phone.callbacks.get(owner):
            await phone.springboard.dismiss()
            _tell(phone, owner, {"event": "intent", "intent": {"action": "open", "data": url}})
            return
        raise Refused("WebKitErrorDomain 102: Frame load interrupted")
    taker = phone.device.apps.taking(url)
    if taker is None:
        raise Refused(f"Safari cannot open the page because the address is invalid: {url.partition(':')[0]}")
    await _ask_to_open(phone, process, url, taker.info.name)


async def _ask_to_open(phone: "Phone", process: Process, url: str, taker: str) -> None:
    async def open_it() -> None:
        try:
            await phone.springboard.open(url)
        except (LinkRefusedError, AppMissingError, AppFailedError) as error:
            phone.log.write(process, str(error), Level.ERROR)

    async def cancel() -> None:
        return

    await phone.alerts.ask(Alert(process.name, f"Open in “{taker}”?", "", (("Cancel", cancel), ("Open", open_it))))


def _tell(phone: "Phone", bundle_id: str, event: Mapping[str, object]) -> None:
    running = phone.springboard.get(bundle_id)
    if running is not None:
        running.send(event)


# --- what a person must allow


async def _capture(phone: "Phone", process: Process, _: Arguments) -> str:
    if not await _allowed(phone, process, CAMERA):
        raise Refused("AVFoundationErrorDomain -11852: Cannot use Back Camera")
    return base64.b64encode(phone.camera.capture()).decode()


async def _request(phone: "Phone", process: Process, arguments: Arguments) -> bool:
    resources = {"camera": CAMERA, "notifications": NOTIFICATIONS}
    name = str(arguments["permission"]).rpartition(".")[2].lower().replace("post_", "")
    if name not in resources:
        raise Refused(f"NSInvalidArgumentException: no such permission: {arguments['permission']}")
    return await _allowed(phone, process, resources[name])


async def _allowed(phone: "Phone", process: Process, resource: Resource) -> bool:
    app = _app(process)
    usage = app.info.uses(resource.usage) if resource.usage else NOTIFICATIONS_TEXT
    if usage is None:
        await _kill_for_privacy(phone, process, resource)
        return False
    grant = phone.permissions.of(process.name, resource)
    if grant is Grant.UNDECIDED:
        return await phone.ask_permission(process, resource, usage)
    return grant is Grant.GRANTED


async def _kill_for_privacy(phone: "Phone", process: Process, resource: Resource) -> None:
    words = "This app has crashed because it attempted to access privacy-sensitive data without a usage description."
    phone.log.write(process, f"{words} The app's Info.plist must contain an {resource.usage} key", Level.FAULT)
    await phone.springboard.terminate(process.name)


async def _authenticate(phone: "Phone", process: Process, _: Arguments) -> bool:
    """LAContext.evaluatePolicy; the sentence that an app gives with it is shown for Touch ID alone."""
    return await _allowed(phone, process, FACE_ID) and await phone.face.authenticate(process.name)


async def _notify(phone: "Phone", process: Process, arguments: Arguments) -> bool:
    if phone.permissions.of(process.name, NOTIFICATIONS) is not Grant.GRANTED:
        return False
    phone.notifications.append((process.name, str(arguments["title"]), str(arguments["text"])))
    return True


# --- the rest


async def _proxy(phone: "Phone", _: Process, __: Arguments) -> dict[str, object] | None:
    proxy = phone.connectivity.proxy_in_use()
    return None if proxy is None else {"host": proxy[0], "port": proxy[1]}


async def _toast(phone: "Phone", process: Process, arguments: Arguments) -> None:
    """iOS has no toasts; what an app makes of them is not on the screen for long, but the log knows it."""
    phone.log.write(process, str(arguments["text"]), Level.NOTICE)


def _crash(text: str) -> str:
    return f"*** Terminating app due to uncaught exception\n{text}"


CALLS: dict[str, Answer] = {
    "keystore.encrypt": _encrypt,
    "keystore.decrypt": _decrypt,
    "keystore.delete": _delete_key,
    "keychain.put": _put_secret,
    "keychain.get": _get_secret,
    "keychain.delete": _delete_secret,
    "browser.open": _sign_in,
    "activity.view": _open_link,
    "camera.capture": _capture,
    "permission.request": _request,
    "biometric.authenticate": _authenticate,
    "notification.post": _notify,
    "proxy": _proxy,
    "toast": _toast,
}
