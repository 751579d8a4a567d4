"""FBSessionCommands.m: status, sessions, settings, apps, links."""

from typing import Any

from testbed.handset.refusal import Fault, Refusal
from testbed.ios.wda.ask import Ask
from testbed.ios.wda.desk import Desk
from testbed.ios.wda.phone import AppFailedError, AppMissingError, AppState, LinkRefusedError
from testbed.ios.wda.refusal import invalid
from testbed.ios.wda.session import Session, merged

VERSION = "16.12.9"
"""WebDriverAgent as appium-xcuitest-driver 12.13.1 carries it."""
BUILT = "Jan  1 2026 00:00:00"
RUNNER = "com.facebook.WebDriverAgentRunner"


async def status(desk: Desk, _ask: Ask) -> object:
    ios = desk.phone.device.ios
    return {
        "ready": True,
        "message": "WebDriverAgent is ready to accept commands",
        "state": "success",
        "os": {"name": "iOS", "version": ios, "sdkVersion": ios, "testmanagerdVersion": 65535},
        "ios": {"ip": None},
        "build": {"version": VERSION, "time": BUILT, "productBundleIdentifier": RUNNER},
        "device": "iphone",
    }


async def create(desk: Desk, ask: Ask) -> object:
    await desk.close()
    wanted = merged(ask.body.get("capabilities"))
    bundle_id = wanted.get("bundleId")
    if bundle_id is not None:
        await _start(desk, wanted, str(bundle_id))
    elif wanted.get("initialUrl"):
        await _open_first(desk, str(wanted["initialUrl"]), None)
    session = Session(desk.phone, bundle_id, desk.on_unmodelled)
    session.terminates_app = wanted.get("shouldTerminateApp") is not False
    session.settings.update({name: wanted[name] for name in session.settings.all() if name in wanted})
    desk.open(session)
    return information(desk)


async def _start(desk: Desk, wanted: dict[str, Any], bundle_id: str) -> None:
    force = wanted.get("forceAppLaunch") is not False
    state = desk.phone.state(bundle_id)
    running = state >= AppState.BACKGROUND
    if wanted.get("initialUrl") and (force or state is not AppState.FOREGROUND):
        if force and state > AppState.NOT_RUNNING:
            await desk.phone.terminate(bundle_id)
        await _open_first(desk, str(wanted["initialUrl"]), bundle_id)
        return
    try:
        if not running or force:
            await desk.phone.launch(bundle_id, *_start_options(wanted))
        elif state is AppState.BACKGROUND:
            await desk.phone.activate(bundle_id)
    except (AppMissingError, AppFailedError) as error:
        hint = "Make sure the correct bundle identifier has been provided in capabilities"
        words = f"Cannot launch {bundle_id} application. {hint} and check the device log for possible crash report"
        raise Refusal(Fault.SESSION_NOT_CREATED, f"{words} occurrences") from error


async def _open_first(desk: Desk, url: str, bundle_id: str | None) -> None:
    try:
        await desk.phone.open_url(url, bundle_id)
    except (LinkRefusedError, AppMissingError, AppFailedError) as error:
        words = f"Cannot open the URL {url} with the {bundle_id or 'default'} application. Original error: {error}"
        raise Refusal(Fault.SESSION_NOT_CREATED, words) from error


def _start_options(given: dict[str, Any]) -> tuple[tuple[str, ...], dict[str, str]]:
    arguments, environment = given.get("arguments") or [], given.get("environment") or {}
    if not isinstance(arguments, list) or not isinstance(environment, dict):
        raise invalid("'arguments' must be an array and 'environment' a dictionary")
    return tuple(map(str, arguments)), {str(name): str(value) for name, value in environment.items()}


def information(desk: Desk) -> dict[str, object]:
    session = desk.open_session
    capabilities = {"device": "iphone", "sdkVersion": desk.phone.device.ios}
    return {"sessionId": session.id if session else None, "capabilities": capabilities}


async def details(desk: Desk, _ask: Ask) -> object:
    return information(desk)


async def delete(desk: Desk, _ask: Ask) -> object:
    await desk.close()
    return None


async def healthcheck(_desk: Desk, _ask: Ask) -> object:
    return None


async def read_settings(desk: Desk, _ask: Ask) -> object:
    return desk.session.settings.all()


async def update_settings(desk: Desk, ask: Ask) -> object:
    given = ask.body.get("settings")
    if given is not None and not isinstance(given, dict):
        raise invalid("settings must be a dictionary")
    desk.session.settings.update(given or {})
    return desk.session.settings.all()


async def open_url(desk: Desk, ask: Ask) -> object:
    url, bundle_id = ask.text("url"), ask.text("bundleId")
    if url is None:
        raise invalid("URL is required")
    try:
        desk.session.hand.await_answer()
        await desk.phone.open_url(url, bundle_id)
    except (LinkRefusedError, AppMissingError, AppFailedError) as error:
        raise Refusal(Fault.UNKNOWN_ERROR, str(error)) from error
    return None


async def launch(desk: Desk, ask: Ask) -> object:
    bundle_id = _bundle_id(ask)
    if desk.phone.state(bundle_id) >= AppState.SUSPENDED:
        return await activate(desk, ask)
    try:
        await desk.phone.launch(bundle_id, *_start_options(dict(ask.body)))
    except (AppMissingError, AppFailedError) as error:
        raise _not_started(bundle_id, error) from error
    if desk.session.app == bundle_id:
        desk.session.app_expected = True
    return None


async def activate(desk: Desk, ask: Ask) -> object:
    bundle_id = _bundle_id(ask)
    try:
        await desk.phone.activate(bundle_id)
    except (AppMissingError, AppFailedError) as error:
        raise _not_started(bundle_id, error) from error
    return None


async def terminate(desk: Desk, ask: Ask) -> object:
    bundle_id = _bundle_id(ask)
    if desk.session.app == bundle_id:
        desk.session.app_expected = False
    if desk.phone.state(bundle_id) <= AppState.NOT_RUNNING:
        return False
    await desk.phone.terminate(bundle_id)
    return True


async def state(desk: Desk, ask: Ask) -> object:
    return int(desk.phone.state(_bundle_id(ask)))


async def app_list(desk: Desk, _ask: Ask) -> object:
    return [{"bundleId": bundle_id, "pid": pid} for bundle_id, pid in desk.phone.apps()]


def _bundle_id(ask: Ask) -> str:
    found = ask.text("bundleId")
    if not found:
        raise invalid("'bundleId' must be set")
    return found


def _not_started(bundle_id: str, error: Exception) -> Refusal:
    """XCTest fails a launch by an exception of its own, which FBExceptionHandler.m takes for an unknown error."""
    if isinstance(error, AppMissingError):
        words = f"Application '{bundle_id}' is not installed"
        return Refusal(Fault.INVALID_ARGUMENT, words)
    return Refusal(Fault.UNKNOWN_ERROR, str(error))
