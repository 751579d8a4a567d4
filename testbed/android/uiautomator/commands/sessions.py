"""Status, sessions, settings."""

from testbed.android.uiautomator.ask import Ask
from testbed.android.uiautomator.desk import Desk
from testbed.android.uiautomator.session import merged

# appium-uiautomator2-server 10.6.6, as the driver 8.7.0 installs it
VERSION, VERSION_CODE = "10.6.6", 278


async def status(_desk: Desk, _ask: Ask) -> object:
    message = "UiAutomator2 Server is ready to accept commands"
    return {"ready": True, "message": message, "build": {"version": VERSION, "versionCode": VERSION_CODE}}


async def sessions(desk: Desk, _ask: Ask) -> object:
    session = desk.open_session
    return (
        [] if session is None else [{"id": session.id, "sessionId": session.id, "capabilities": session.capabilities}]
    )


async def create(desk: Desk, ask: Ask) -> object:
    session = desk.open(merged(ask.body.get("capabilities")))
    return {"sessionId": session.id, "capabilities": ask.body["capabilities"]}


async def details(_desk: Desk, _ask: Ask) -> object:
    return {"lastScrollData": None}


async def delete(desk: Desk, _ask: Ask) -> object:
    desk.close()
    return None


async def read_settings(desk: Desk, _ask: Ask) -> object:
    return desk.session.settings.all()


async def update_settings(desk: Desk, ask: Ask) -> object:
    desk.session.settings.update(ask.need("settings", dict, "SettingsModel"))
    return None
