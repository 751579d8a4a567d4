"""pymobiledevice3, which knows nothing of us, against the phone's services."""

import asyncio
import io
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pymobiledevice3.exceptions import DeprecationError, InvalidServiceError, NotMountedError, PyMobileDevice3Exception
from pymobiledevice3.lockdown import LockdownClient
from pymobiledevice3.services.diagnostics import DiagnosticsService
from pymobiledevice3.services.installation_proxy import InstallationProxyService
from pymobiledevice3.services.misagent import MisagentService
from pymobiledevice3.services.mobile_config import MobileConfigService
from pymobiledevice3.services.mobile_image_mounter import MobileImageMounterService
from pymobiledevice3.services.notification_proxy import NotificationProxyService
from pymobiledevice3.services.os_trace import OsTraceService
from pymobiledevice3.services.screenshot import ScreenshotService
from pymobiledevice3.services.springboard import SpringBoardServicesService
from pymobiledevice3.services.syslog import SyslogService

from tests.testbed.ios.mux_rig import UDID, BarePhone, Muxd
from tests.testbed.ios.services.conftest import Visit


def test_its_command_line_lists_the_phone(muxd: Muxd, bare: BarePhone, tmp_path: Path) -> None:
    env = {**muxd.env(tmp_path), "USBMUXD_SOCKET_ADDRESS": str(muxd.socket)}
    command = [sys.executable, "-m", "pymobiledevice3", "usbmux", "list"]
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, check=True, timeout=60)

    (listed,) = json.loads(done.stdout)
    assert [listed["UniqueDeviceID"], listed["ProductVersion"]] == [bare.udid, "17.5"]


def test_lockdown_tells_what_the_phone_is(visit: Visit) -> None:
    async def story(client: LockdownClient) -> None:
        assert client.paired
        assert client.udid == UDID
        assert client.all_values["SerialNumber"].startswith("VP")
        assert await client.get_value("com.apple.disk_usage", "TotalDiskCapacity") > 0
        assert await client.get_developer_mode_status() is True

    visit(story)


def test_an_app_is_listed_with_what_installd_knows(visit: Visit, sample: str) -> None:
    async def story(client: LockdownClient) -> None:
        async with InstallationProxyService(client) as proxy:
            mine = (await proxy.get_apps("User", calculate_sizes=True))[sample]
            everyone = await proxy.browse()
            whole = await proxy.lookup({"BundleIDs": sample, "ReturnAttributes": "*"})
            narrow = await proxy.lookup({"BundleIDs": [sample], "ReturnAttributes": ["CFBundleVersion"]})

        assert mine["Entitlements"]["get-task-allow"] is True
        assert mine["Container"].startswith("/private/var/mobile/Containers/Data/Application/")
        shared = "/private/var/mobile/Containers/Shared/AppGroup/"
        assert mine["GroupContainers"]["group.com.example"].startswith(shared)
        assert mine["StaticDiskUsage"] > 9000
        assert {"com.apple.mobilesafari", sample} < {one["CFBundleIdentifier"] for one in everyone}
        assert whole is not None
        assert whole[sample]["Container"] == mine["Container"]
        assert narrow == {sample: {"CFBundleVersion": "1"}}

    visit(story)


def test_archives_are_gone_and_capabilities_are_compared(visit: Visit, bare: BarePhone) -> None:
    async def story(client: LockdownClient) -> None:
        async with InstallationProxyService(client) as proxy:
            with pytest.raises(PyMobileDevice3Exception, match="UnknownCommand"):
                await proxy.send_cmd_for_bundle_identifier("com.example", "Archive")
            good = await proxy.check_capabilities_match(["metal"])  # type: ignore[arg-type]
            bad = await proxy.check_capabilities_match(["warp-drive"])  # type: ignore[arg-type]

        assert good == {"CapabilitiesMatch": True}
        assert bad == {"CapabilitiesMatch": False, "MismatchedCapabilities": ["warp-drive"]}

    visit(story)
    assert {"Archive", "capabilities warp-drive"} <= set(bare.unmodelled())


def test_a_package_that_is_not_there_or_outside_is_refused(visit: Visit) -> None:
    async def story(client: LockdownClient) -> None:
        for path in ("PublicStaging/none.ipa", "../../../../etc", "/"):
            async with InstallationProxyService(client) as proxy:
                with pytest.raises(PyMobileDevice3Exception, match="PackageInspectionFailed"):
                    await proxy.send_package("Install", {}, None, path)

    visit(story)


async def first(heard: AsyncIterator[Any], bare: BarePhone) -> Any:  # noqa: ANN401 -- whatever the service yields
    """The first thing heard; the client does not say when it listens, so the phone logs until it is heard."""
    task = asyncio.ensure_future(anext(heard))
    while not task.done():
        bare.do("log", "hello", "wörld")
        await asyncio.wait({task}, timeout=0.05)
    return task.result()


def test_the_log_is_followed_in_both_forms(visit: Visit, bare: BarePhone) -> None:
    async def story(client: LockdownClient) -> None:
        async with SyslogService(client) as relay:
            line = await first(relay.watch(), bare)
        async with OsTraceService(client) as trace:
            entry = await first(trace.syslog(pid=4711), bare)

        assert "Sample[4711] <Notice>: hello wörld" in line
        told = (entry.pid, entry.image_name, entry.message, entry.level.name)
        assert told == (4711, "Sample", "hello wörld", "NOTICE")

    visit(story)


def test_notifications_reach_who_asked_for_them(visit: Visit) -> None:
    async def story(client: LockdownClient) -> None:
        async with NotificationProxyService(client) as listener, NotificationProxyService(client) as poster:
            await listener.notify_register_dispatch("com.example.wanted")
            hearing = asyncio.ensure_future(anext(listener.receive_notification()))
            while not hearing.done():
                await poster.notify_post("com.example.other")
                await poster.notify_post("com.example.wanted")
                await asyncio.wait({hearing}, timeout=0.05)

        assert hearing.result()["Name"] == "com.example.wanted"

    visit(story)


def test_battery_and_gestalt_are_told_as_by_ios_17(visit: Visit, bare: BarePhone) -> None:
    async def story(client: LockdownClient) -> None:
        async with DiagnosticsService(client) as diagnostics:
            battery = await diagnostics.get_battery()
            assert battery is not None
            assert battery["CurrentCapacity"] == 80
            with pytest.raises(DeprecationError):
                await diagnostics.mobilegestalt(["ProductType"])
            assert await diagnostics.ioregistry(name="Unheard") is None
            with pytest.raises(PyMobileDevice3Exception, match="UnknownRequest"):
                await diagnostics.action("Unheard")

    visit(story)
    assert {"IORegistry None Unheard", "Unheard"} <= set(bare.unmodelled())


def test_a_restart_is_seen_on_the_bus(visit: Visit, muxd: Muxd, bare: BarePhone) -> None:
    async def story(client: LockdownClient) -> None:
        async with DiagnosticsService(client) as diagnostics:
            await diagnostics.restart()

    with muxd.connect() as listener:
        listener.ask({"MessageType": "Listen"})
        _, there = listener.hear()
        visit(story)
        _, gone = listener.hear()
        _, back = listener.hear()

    assert [gone, back["MessageType"]] == [{"MessageType": "Detached", "DeviceID": there["DeviceID"]}, "Attached"]
    assert bare.do("deeds") == "restart"


def test_the_screen_is_seen_only_with_the_developer_image(visit: Visit, muxd: Muxd, bare: BarePhone) -> None:
    assert muxd.udids() == [bare.udid]

    async def story(client: LockdownClient) -> None:
        async with ScreenshotService(client) as service:
            with Image.open(io.BytesIO(await service.take_screenshot())) as shot:
                assert shot.size == (390, 844)
        async with MobileImageMounterService(client) as mounter:
            (mounted,) = await mounter.copy_devices()
            assert await mounter.query_developer_mode_status() is True
            with pytest.raises(PyMobileDevice3Exception):
                await mounter.unmount_image("/Nowhere")
            assert await mounter.lookup_image("Personalized") == mounted["ImageSignature"]
            with pytest.raises(NotMountedError):
                await mounter.lookup_image("Developer")
            await mounter.unmount_image(mounted["MountPath"])
        try:
            with pytest.raises(InvalidServiceError):
                await ScreenshotService(client).take_screenshot()
        finally:
            bare.do("mount")

    visit(story)


def test_another_image_cannot_be_mounted(visit: Visit, bare: BarePhone) -> None:
    bare.do("unmount")

    async def story(client: LockdownClient) -> None:
        async with MobileImageMounterService(client) as mounter:
            await mounter.upload_image("Personalized", b"x" * 300_000, b"signature")
            with pytest.raises(PyMobileDevice3Exception, match="manifest"):
                await mounter.mount_image("Personalized", b"signature")

    try:
        visit(story)
    finally:
        bare.do("mount")


def test_the_home_screen_shows_what_is_installed(visit: Visit, sample: str) -> None:
    async def story(client: LockdownClient) -> None:
        async with SpringBoardServicesService(client) as board:
            dock, page = await board.get_icon_state()
            icon = await board.get_icon_pngdata(sample)
            assert (await board.get_interface_orientation()).value == 1

        assert [one["bundleIdentifier"] for one in dock] == ["com.apple.mobilesafari"]
        assert sample in [one["bundleIdentifier"] for one in page]
        assert icon.startswith(b"\x89PNG")

    visit(story)


def test_no_configuration_profile_is_there_and_none_comes(visit: Visit, bare: BarePhone) -> None:
    async def story(client: LockdownClient) -> None:
        async with MobileConfigService(client) as configuration:
            assert (await configuration.get_profile_list())["OrderedIdentifiers"] == []
            assert await configuration.get_cloud_configuration() == {"IsSupervised": False}
            with pytest.raises(PyMobileDevice3Exception):
                await configuration.install_profile(b"<plist/>")

    visit(story)
    assert "InstallProfile" in bare.unmodelled()


def test_the_phone_asks_whether_the_host_is_still_there(visit: Visit) -> None:
    async def story(client: LockdownClient) -> None:
        line = await client.start_lockdown_service("com.apple.mobile.heartbeat")
        assert await line.recv_plist() == {"Command": "Marco", "Interval": 10}
        await line.send_plist({"Command": "Nobody"})
        with pytest.raises((PyMobileDevice3Exception, asyncio.IncompleteReadError)):
            await line.recv_plist()
        await line.close()

    visit(story)


def test_profiles_come_with_apps(visit: Visit, sample: str) -> None:
    async def story(client: LockdownClient) -> None:
        async with MisagentService(client) as agent:
            (profile,) = await agent.copy_all()
            with pytest.raises(PyMobileDevice3Exception):
                await agent.install(io.BytesIO(b"x"))

        assert profile.plist["Entitlements"]["application-identifier"].endswith("*")

    visit(story)
    assert sample
