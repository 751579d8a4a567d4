"""The composition root: this file alone picks phone, tenant and recorder, and hands them to suites and benchmarks.

Ladder of the fixtures, from dear to cheap: lab (processes) > phone (provisioned once) > tour (one walk, judged by
many) > fresh (app, browser, tenant and clock as on the first day).
"""

import os
import re
from collections.abc import Generator, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.clock import PhoneClock
from benchmarks.settings import read_settings
from benchmarks.syncs import fetch_all
from drivers.android.provision import provisioned_android
from drivers.app_file import AppFile, read_app_file
from drivers.ios.provision import provisioned_ios
from drivers.phone import Phone
from drivers.tenant import Account, ReferenceTenant, Tenant
from faults import BenchFault, EvidenceMissing
from gate.lab import lab_of_this_run
from gate.precedence import precedence
from gate.rundir import PLAN, RUN
from scenarios.screens import Start
from scenarios.sign_in import sign_in
from suites.key_ring import KeyRing
from suites.packets import Packets
from suites.tour import Tour, take_tour
from suites.watch import Watch
from traffic.captures.origins import Origin, read_hosts
from traffic.control import RecorderControl
from traffic.exchanges import Recording

if TYPE_CHECKING:
    from benchmarks.builds import Builds

pytest_plugins = ["gate.plugin"]

PROVISIONED = {"android": provisioned_android, "ios": provisioned_ios}
PROBE_LIMIT = 20.0  # seconds from opening a page in the phone's browser to seeing it in the recording


PHONE = pytest.StashKey[Phone]()
RECORDER = pytest.StashKey[RecorderControl]()
RUNNING = pytest.StashKey[str]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """What the phone sends from here on is this test's; raises EvidenceMissing where the recorder is gone."""
    item.config.stash[RUNNING] = item.nodeid
    if (control := item.config.stash.get(RECORDER, None)) is not None:
        control.begin_test(item.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A check that did not hold keeps a picture of the screen as it was then."""
    report = yield
    if report.when == "call" and call.excinfo is not None and not report.skipped:
        item.user_properties.extend(("evidence", kept) for kept in picture_of(item))
    return report


def picture_of(item: pytest.Item) -> tuple[str, ...]:
    """The screenshot's place in the run's folder; in words why there is none."""
    phone, run = item.config.stash.get(PHONE, None), item.config.stash.get(RUN, None)
    if phone is None or run is None:
        return ()
    try:
        picture = phone.screenshot()
    except BenchFault as fault:
        return (f"no screenshot: {fault}",)
    run.evidence.mkdir(exist_ok=True)
    path = run.evidence / f"{re.sub(r'[^A-Za-z0-9]+', '-', item.nodeid).strip('-')}.png"
    path.write_bytes(picture)
    return (str(path.relative_to(run.path)),)


@pytest.fixture(scope="session")
def lab(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """Endpoints of the processes: those of the run that started us, else a lab of our own."""
    with lab_of_this_run(request.config) as endpoints:
        yield endpoints


@pytest.fixture(scope="session")
def lane(request: pytest.FixtureRequest, lab: dict[str, Any]) -> dict[str, Any]:
    """One phone with the tenant and the recorder that it has for itself; whatever asks for it runs once a phone."""
    row: dict[str, Any] = next(row for row in lab["lanes"] if row["phone"]["name"] == request.param)
    return row


@pytest.fixture(scope="session")
def tenant(lane: dict[str, Any]) -> Iterator[Tenant]:
    cloud = lane["cloud"]
    tenant = ReferenceTenant(cloud["admin"], cloud["admin_token"], cloud["port"], Path(cloud["ca"]), cloud["domain"])
    yield tenant
    tenant.close()


@pytest.fixture(scope="session")
def recording(lane: dict[str, Any]) -> Recording:
    return Recording(Path(lane["recorder"]["events"]))


@pytest.fixture(scope="session")
def recorder(request: pytest.FixtureRequest, lane: dict[str, Any]) -> Iterator[RecorderControl]:
    """Is told of each test that begins, so that every exchange says during which one it was sent."""
    stash = request.config.stash
    with RecorderControl(lane["recorder"]) as control:
        stash[RECORDER] = control
        control.begin_test(stash[RUNNING])
        yield control
        del stash[RECORDER]


@pytest.fixture(scope="session")
def app(lab: dict[str, Any], lane: dict[str, Any]) -> AppFile:
    return read_app_file(Path(lab["apps"][lane["phone"]["platform"]]))


@pytest.fixture(scope="session")
def phone(  # noqa: PLR0913, PLR0917 -- what a phone stands on
    request: pytest.FixtureRequest,
    lab: dict[str, Any],
    lane: dict[str, Any],
    app: AppFile,
    recording: Recording,
    recorder: RecorderControl,
) -> Iterator[Phone]:
    """Trusted, proxied and with the app installed; put back as it was afterwards."""
    provisioned = PROVISIONED[lane["phone"]["platform"]]
    with provisioned(lane["phone"], lab, app, lane["recorder"]) as phone:
        request.config.stash[PHONE] = phone
        phone.tell_clock = recorder.set_clock
        see_the_phone_through_the_proxy(phone, recording, lane["cloud"]["hosts"][0])
        yield phone


def see_the_phone_through_the_proxy(phone: Phone, recording: Recording, host: str) -> None:
    """Proof that proxy and certificate authority work, before any silence is taken for innocence."""
    began = recording.position()
    url = f"https://{host}/login/.well-known/openid-configuration"
    phone.open_link(url)
    try:
        probed = recording.wait_for_exchange(lambda seen: seen.url == url, began, PROBE_LIMIT)
    except EvidenceMissing as unseen:
        why = "refuses the recorder's certificate" if recording.refusals(began) else "does not come to the recorder"
        msg = f"{phone.name}: the phone's browser {why} ({unseen})"
        raise EvidenceMissing(msg) from unseen
    if probed.status != HTTPStatus.OK:
        msg = f"{phone.name}: the browser's request to {host} did not pass the recorder; proxy or CA is not in use"
        raise EvidenceMissing(msg)


@pytest.fixture(scope="session")
def ring() -> KeyRing:
    """Every secret of the run, for the audit at its end."""
    return KeyRing()


@pytest.fixture
def fresh(phone: Phone, tenant: Tenant, ring: KeyRing) -> Phone:
    """App, browser, tenant and clock as on the first day; the start screen is shown."""
    start_anew(phone, tenant, ring)
    return phone


def start_anew(phone: Phone, tenant: Tenant, ring: KeyRing) -> None:
    ring.collect(tenant)
    tenant.reset()
    phone.forget_everything()
    phone.launch()
    phone.wait_for(Start.LOG_IN)


@pytest.fixture
def watch(recording: Recording, recorder: RecorderControl, fresh: Phone) -> Watch:
    """The wire from the start screen on."""
    return Watch(recording, recorder, recorder.mark(f"{fresh.name} is fresh"))


@pytest.fixture(scope="session")
def tour(phone: Phone, tenant: Tenant, recording: Recording, ring: KeyRing) -> Tour:
    """One walk through the whole app as ada."""
    start_anew(phone, tenant, ring)
    return take_tour(phone, tenant, recording, tenant.account("ada"))


@pytest.fixture(scope="session")
def ada(tenant: Tenant) -> Account:
    return tenant.account("ada")


@pytest.fixture(scope="session")
def bob(tenant: Tenant) -> Account:
    return tenant.account("bob")


@pytest.fixture(scope="session")
def dot(tenant: Tenant) -> Account:
    """Linked to two tenants."""
    return tenant.account("dot")


@pytest.fixture(scope="session")
def other_customer(tenant: Tenant) -> str:
    """A tenant that ada has nothing to do with."""
    return tenant.account("cid").tenants[0]


@pytest.fixture(scope="session")
def signed_in(phone: Phone, tenant: Tenant, ada: Account, ring: KeyRing) -> Phone:
    """A phone with a full cache, for benchmarks."""
    start_anew(phone, tenant, ring)
    sign_in(phone, ada)
    return phone


@pytest.fixture(scope="session")
def builds(request: pytest.FixtureRequest, lab: dict[str, Any], signed_in: Phone, app: AppFile) -> "Iterator[Builds]":
    """The build that is judged, and with --base the other one, that take turns on the phone."""
    from benchmarks.builds import Builds  # noqa: PLC0415 -- its statistics take longer to load than all that checks need

    plan = request.config.stash[PLAN]
    settings = read_settings(plan.bench_settings)
    base = read_app_file(plan.bases[app.platform]) if app.platform in plan.bases else None
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    timed = sum("phone_clock" in item.fixturenames for item in items)
    finished = re.compile(settings.sync.finished)
    signed_in.act_at_once()
    with precedence(lab["pids"]["timed"], (os.getpid(), *lab["pids"]["looking"])) as granted:
        builds = Builds(signed_in, app, base, settings, timed, granted, lambda phone: fetch_all(phone, finished))
        yield builds
        builds.close()


@pytest.fixture
def phone_clock(request: pytest.FixtureRequest) -> PhoneClock:
    """Makes pytest-benchmark count the seconds that the phone reports; ask for it before `benchmark`."""
    clock = PhoneClock()
    named = request.node.get_closest_marker("benchmark")
    settings = named.kwargs if named else {}
    request.node.add_marker(pytest.mark.benchmark(**settings, timer=clock), append=False)  # the closest one counts
    return clock


@pytest.fixture(scope="session")
def packets(lane: dict[str, Any], phone: Phone, tenant: Tenant) -> Packets:
    """What the phone itself saw of its network, whoever it spoke with."""
    row, capture = lane["phone"], lane["phone"].get("capture")
    proxy = (row.get("gateway", ""), lane["recorder"]["proxy_port"])
    known = read_hosts()
    # to its push service the phone keeps a connection of its own, past the proxy, whoever runs that service
    served = [host for host in lane["cloud"]["hosts"] if known.origin(host) is not Origin.SYSTEM]
    hosts = known.with_app(tenant.domain, f"*.{tenant.domain}", *served)
    return Packets(phone.name, Path(capture) if capture else None, hosts, proxy)


@pytest.fixture(scope="session")
def whole_wire(recording: Recording, recorder: RecorderControl) -> Watch:
    """The wire since a phone was first asked for; a check cuts off what is its own by `from_now`."""
    return Watch(recording, recorder, recorder.mark("checks begin"))


@pytest.fixture(scope="module")
def nobody(phone: Phone, tenant: Tenant, ring: KeyRing) -> Phone:
    """As `fresh`, for all checks of one module in which nobody signs in."""
    start_anew(phone, tenant, ring)
    return phone


@pytest.fixture
def at_start(nobody: Phone) -> Phone:
    """The start screen of an app started anew, which is what a check that leaves nobody signed in needs of `fresh`."""
    nobody.stop_app()
    nobody.launch()
    nobody.wait_for(Start.LOG_IN)
    return nobody


@pytest.fixture(scope="module")
def at_work(phone: Phone, tenant: Tenant, ada: Account, ring: KeyRing) -> Phone:
    """Ada signed in anew, for all checks of one module."""
    start_anew(phone, tenant, ring)
    sign_in(phone, ada)
    return phone
