"""`python -m gate.bars.android_side_by_side`: four journeys on three phones, one after another and side by side.

The bar: side by side takes at most 0.65 of the time on two processors. Each phone has a process of its own, as in a
run, and is made ready before anything is timed. Prints JSON; exit 1 where the bar is missed.
"""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from multiprocessing.synchronize import Barrier, Lock
from pathlib import Path
from typing import Any, cast

from drivers.android.phone import AndroidPhone
from drivers.android.provision import provisioned_android
from drivers.app_file import read_app_file
from drivers.phone import Phone
from drivers.tenant import ReferenceTenant, Tenant
from gate.lab import Order, running_lab
from gate.phones import VIRTUAL_ANDROID, several
from gate.rundir import Plan, RunDir
from scenarios.browse import browse_everything
from scenarios.configure import scan_qr
from scenarios.screens import Diary, Offline, Start, SuperId
from scenarios.sign_in import pass_sign_in_pages, sign_in, sign_out

MOST = 0.65
PATIENCE = 600.0  # seconds for all of it


def first_day(phone: Phone, tenant: Tenant) -> None:
    """Sign in and look at everything."""
    _anew(phone, tenant)
    sign_in(phone, tenant.account("ada"))
    browse_everything(phone)


def next_user(phone: Phone, tenant: Tenant) -> None:
    """Sign out, and somebody else signs in."""
    sign_out(phone)
    sign_in(phone, tenant.account("bob"))


def in_the_pocket(phone: Phone, tenant: Tenant) -> None:  # noqa: ARG001 -- all journeys are called alike
    """An hour away, then a start without a network."""
    phone.leave_idle(3600)
    phone.wait_for(Diary.TITLE)
    phone.airplane_mode(on=True)
    phone.launch_cold()
    phone.wait_for(Offline.TEXT)
    phone.airplane_mode(on=False)


def by_code(phone: Phone, tenant: Tenant) -> None:
    """Configured by the web client's QR code, then signed in."""
    _anew(phone, tenant)
    ada = tenant.account("ada")
    scan_qr(phone, tenant.configuration_link(ada.tenants[0]))
    phone.wait_for(SuperId.EMAIL)
    pass_sign_in_pages(phone, ada)


JOURNEYS = (first_day, next_user, in_the_pocket, by_code)


def _anew(phone: Phone, tenant: Tenant) -> None:
    tenant.reset()
    phone.forget_everything()
    phone.launch()
    phone.wait_for(Start.LOG_IN)


def walk(phone: AndroidPhone, tenant: Tenant) -> None:
    for journey in JOURNEYS:
        journey(cast("Phone", phone), tenant)  # mypy takes a callable field of a slotted class for a method


def drive(lab: dict[str, Any], number: int, begin: Barrier, turn: Lock) -> None:
    """One phone's process: ready, alone in its turn, then with the others."""
    os.environ["HOME"] = str(lab["adb"]["home"])
    lane = lab["lanes"][number]
    cloud = lane["cloud"]
    tenant = ReferenceTenant(cloud["admin"], cloud["admin_token"], cloud["port"], Path(cloud["ca"]), cloud["domain"])
    app = read_app_file(Path(lab["apps"]["android"]))
    with provisioned_android(lane["phone"], lab, app, lane["recorder"]) as phone:
        walk(phone, tenant)  # once, so that nothing is loaded for the first time
        begin.wait(PATIENCE)
        with turn:
            walk(phone, tenant)
        begin.wait(PATIENCE)
        walk(phone, tenant)
        begin.wait(PATIENCE)
    tenant.close()


def measure(lab: dict[str, Any]) -> dict[str, Any]:
    """Seconds of both ways; raises BrokenBarrierError where a phone did not get through."""
    context = multiprocessing.get_context("spawn")
    phones = len(lab["lanes"])
    begin, turn = context.Barrier(phones + 1), context.Lock()
    processes = [context.Process(target=drive, args=(lab, number, begin, turn)) for number in range(phones)]
    for process in processes:
        process.start()
    times = []
    try:
        for _ in range(3):
            begin.wait(PATIENCE)
            times.append(time.monotonic())
    finally:
        for process in processes:
            process.join(60)
            process.kill()
    one_after_another, side_by_side = times[1] - times[0], times[2] - times[1]
    return {
        "phones": phones,
        "journeys": len(JOURNEYS),
        "one_after_another_s": round(one_after_another, 1),
        "side_by_side_s": round(side_by_side, 1),
        "share": round(side_by_side / one_after_another, 2),
        "bar": MOST,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="gate.bars.android_side_by_side", description=__doc__)
    parser.add_argument("--phones", type=int, default=3)
    names = several(VIRTUAL_ANDROID, parser.parse_args().phones)
    with tempfile.TemporaryDirectory() as folder:
        run = RunDir.create(Path(folder), Plan(("bars",), names))
        with running_lab(Order(run, names)) as lab:
            told = measure(lab.endpoints)
    sys.stdout.write(json.dumps(told) + "\n")
    sys.exit(0 if told["share"] <= MOST else 1)


if __name__ == "__main__":
    main()
