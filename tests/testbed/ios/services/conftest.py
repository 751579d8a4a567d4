import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pymobiledevice3.lockdown import LockdownClient, create_using_usbmux

from tests.testbed.ios.mux_rig import BarePhone, Muxd
from tests.testbed.ios.packages.app_samples import BUNDLE_ID, Sample, write

type Visit = Callable[[Callable[[LockdownClient], Awaitable[None]]], None]


@pytest.fixture
def visit(muxd: Muxd, bare: BarePhone, tmp_path: Path) -> Visit:
    """Runs a coroutine with pymobiledevice3's lockdown client of the phone."""

    @asynccontextmanager
    async def connected() -> AsyncIterator[LockdownClient]:
        client = await create_using_usbmux(
            serial=bare.udid, usbmux_address=str(muxd.socket), pairing_records_cache_folder=tmp_path / "records"
        )
        async with client:
            yield client

    def run(story: Callable[[LockdownClient], Awaitable[None]]) -> None:
        async def told() -> None:
            async with connected() as client:
                await story(client)

        asyncio.run(told())

    return run


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where sample files are made; their signers last for the session."""
    return tmp_path_factory.mktemp("ipas")


@pytest.fixture
def sample(muxd: Muxd, bare: BarePhone, shelf: Path, visit: Visit) -> Iterator[str]:
    """The sample app on the phone, fresh; its bundle identifier."""
    from pymobiledevice3.services.installation_proxy import InstallationProxyService  # noqa: PLC0415 -- one second

    assert muxd.udids() == [bare.udid]
    file = write(Sample(info={"UIFileSharingEnabled": True}), shelf)

    async def install(client: LockdownClient) -> None:
        async with InstallationProxyService(client) as proxy:
            await proxy.install_from_local(file)

    async def uninstall(client: LockdownClient) -> None:
        async with InstallationProxyService(client) as proxy:
            await proxy.uninstall(BUNDLE_ID)

    visit(install)
    yield BUNDLE_ID
    visit(uninstall)
