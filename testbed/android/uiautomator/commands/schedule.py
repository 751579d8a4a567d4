"""Actions that the server does by itself (`mobile: scheduleAction`, ScheduleAction.java, ScheduledActionsManager)."""

import asyncio
import base64
import time
from dataclasses import dataclass, field
from typing import Any

from testbed.android.uiautomator.ask import Ask, invalid
from testbed.android.uiautomator.commands import gestures
from testbed.android.uiautomator.desk import Desk
from testbed.android.uiautomator.refusal import Unmodelled
from testbed.android.uiautomator.source import page_source
from testbed.handset.refusal import Refusal

_DEEDS = ("gesture", "source", "screenshot")
_GESTURES = {"click": gestures.click, "longClick": gestures.long_click, "doubleClick": gestures.double_click}


@dataclass(slots=True)
class Scheduled:
    name: str
    steps: list[dict[str, Any]]
    times: int
    interval: float
    """Seconds."""
    passes: int | None
    results: list[list[dict[str, Any]]] = field(default_factory=list)
    task: "asyncio.Task[None] | None" = None


async def schedule(desk: Desk, ask: Ask) -> object:
    name = ask.need("name", str, "ScheduledActionModel")
    steps = ask.need("steps", list, "ScheduledActionModel")
    if not steps:
        raise invalid("At least one step must be provided")
    if name in desk.session.scheduled:
        raise invalid(f"The action {name} is already scheduled")
    for step in steps:
        if step.get("type") not in _DEEDS:
            raise invalid(f"The step type '{step.get('type')}' is unknown. Only {list(_DEEDS)} are supported")
    interval = (ask.may("intervalMs", int) or 1000) / 1000
    action = Scheduled(name, steps, ask.may("times", int) or 1, interval, ask.may("maxPass", int))
    desk.session.scheduled[name] = action
    action.task = asyncio.create_task(_run(desk, action))
    return None


async def unschedule(desk: Desk, ask: Ask) -> object:
    """Stops it and gives its history, as `history` does."""
    action = _found(desk, ask)
    if action.task is not None:
        action.task.cancel()
    del desk.session.scheduled[action.name]
    return _told(action)


async def history(desk: Desk, ask: Ask) -> object:
    return _told(_found(desk, ask))


def _found(desk: Desk, ask: Ask) -> Scheduled:
    name = ask.need("name", str, "NameModel")
    if name not in desk.session.scheduled:
        raise invalid(f"The action {name} is not scheduled")
    found: Scheduled = desk.session.scheduled[name]
    return found


def _told(action: Scheduled) -> dict[str, object]:
    return {"repeats": len(action.results), "stepResults": action.results}


async def _run(desk: Desk, action: Scheduled) -> None:
    passed = 0
    for _ in range(action.times):
        results = [await _step(desk, step) for step in action.steps]
        action.results.insert(0, results)
        passed += all(result["passed"] for result in results)
        if action.passes is not None and passed >= action.passes:
            return
        await asyncio.sleep(action.interval)


async def _step(desk: Desk, step: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"name": step.get("name"), "type": step["type"], "timestamp": round(time.time() * 1000)}
    try:
        row |= {"passed": True, "result": await _done(desk, step), "exception": None}
    except Refusal as refusal:
        row |= {"passed": False, "result": None, "exception": {"name": refusal.fault.error, "message": str(refusal)}}
    return row


async def _done(desk: Desk, step: dict[str, Any]) -> object:
    payload = step.get("payload") or {}
    if step["type"] == "source":
        return page_source(await desk.session.window(), desk.phone.size, desk.phone.rotation)
    if step["type"] == "screenshot":
        return base64.b64encode(desk.phone.screenshot()).decode()
    gesture = _GESTURES.get(str(payload.get("subtype") or step.get("subtype")))
    if gesture is None:
        raise Unmodelled("gesture", f"scheduled {payload}")
    given = dict(payload)
    if "elementId" in given:
        given["origin"] = {"ELEMENT": given.pop("elementId")}
    return await gesture(desk, Ask({}, given))
