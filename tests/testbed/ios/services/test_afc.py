"""AFC through pymobiledevice3: what each operation does, what it refuses, and that nobody gets out of the jail."""

import hashlib
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pymobiledevice3.exceptions import AfcException, AppNotInstalledError, PyMobileDevice3Exception
from pymobiledevice3.lockdown import LockdownClient
from pymobiledevice3.services.afc import (
    AFC_LOCK_EX,
    AFC_LOCK_UN,
    AfcError,
    AfcLinkType,
    AfcOpcode,
    AfcService,
)
from pymobiledevice3.services.house_arrest import HouseArrestService

from tests.testbed.ios.mux_rig import BarePhone
from tests.testbed.ios.services.conftest import Visit

NONE_OF_IT = "NSFileProtectionNone"
COMPLETE = "NSFileProtectionComplete"


@asynccontextmanager
async def container(client: LockdownClient, bundle_id: str, *, documents: bool = False) -> AsyncIterator[AfcService]:
    async with await HouseArrestService.create(client, bundle_id, documents_only=documents) as afc:
        yield afc


async def refused(request: Awaitable[object]) -> AfcError:
    with pytest.raises(AfcException) as caught:
        await request
    assert caught.value.status is not None
    return AfcError(caught.value.status)


def in_container(visit: Visit, bundle_id: str, story: Callable[[AfcService], Awaitable[None]]) -> None:
    async def told(client: LockdownClient) -> None:
        async with container(client, bundle_id) as afc:
            await story(afc)

    visit(told)


def test_files_are_written_read_and_measured(visit: Visit, sample: str) -> None:
    async def story(afc: AfcService) -> None:
        await afc.set_file_contents("/Documents/a", b"0123456789")
        handle = await afc.fopen("/Documents/a", "r+")
        await afc.fseek(handle, 4)
        assert await afc.fread(handle, 3) == b"456"
        told = await afc._do_operation(AfcOpcode.FILE_TELL, struct.pack("<Q", handle))  # noqa: SLF001 -- no name for it
        await afc.lock(handle, AFC_LOCK_EX)
        await afc.lock(handle, AFC_LOCK_UN)
        await afc._do_operation(AfcOpcode.FILE_SET_SIZE, struct.pack("<2Q", handle, 5))  # noqa: SLF001 -- as above
        await afc.fclose(handle)
        found = await afc.stat("/Documents/a")
        await afc.rename("/Documents/a", "/tmp/b")  # noqa: S108 -- of the container
        moved = await afc.get_file_contents("/tmp/b")  # noqa: S108 -- as above

        assert struct.unpack("<Q", told) == (7,)
        assert (found["st_size"], found["st_ifmt"], found["st_nlink"]) == (5, "S_IFREG", 1)
        assert moved == b"01234"
        assert not await afc.exists("/Documents/a")

    in_container(visit, sample, story)


def test_large_files_come_back_as_they_went(visit: Visit) -> None:
    data = bytes(range(256)) * 40_000

    async def story(client: LockdownClient) -> None:
        async with AfcService(client) as afc:
            await afc.set_file_contents("/Downloads/large", data)
            assert await afc.get_file_contents("/Downloads/large") == data
            assert int((await afc.get_device_info())["FSBlockSize"]) == 4096
            digest = await afc._do_operation(AfcOpcode(0x1D), b"/Downloads/large\0")  # noqa: SLF001 -- no name for it
            assert digest == hashlib.sha1(data, usedforsecurity=False).digest()
            await afc.rm("/Downloads/large")

    visit(story)


def test_folders_are_pushed_and_pulled(visit: Visit, sample: str, tmp_path: Path) -> None:
    (tmp_path / "sent/inner").mkdir(parents=True)
    (tmp_path / "sent/inner/a").write_text("hello")

    async def story(client: LockdownClient) -> None:
        async with container(client, sample) as afc:
            await afc.push(str(tmp_path / "sent"), "/Documents/")
            await afc.pull("/Documents/sent", str(tmp_path / "back"))
        async with AfcService(client) as media:
            await media.push(str(tmp_path / "sent/inner/a"), "/Downloads/a")
            await media.pull("/Downloads/a", str(tmp_path / "a"))
            await media.rm("/Downloads/a")

    visit(story)
    assert (tmp_path / "back/sent/inner/a").read_text() == "hello"
    assert (tmp_path / "a").read_text() == "hello"


def test_folders_are_made_listed_and_removed(visit: Visit, sample: str) -> None:
    async def story(afc: AfcService) -> None:
        await afc.makedirs("/Documents/one/two")
        await afc.set_file_contents("/Documents/one/x", b"x")
        assert await afc.listdir("/Documents/one") == ["two", "x"]
        assert await refused(afc._do_operation(AfcOpcode.REMOVE_PATH, b"/Documents/one\0")) == AfcError.DIR_NOT_EMPTY  # noqa: SLF001 -- raw
        await afc._do_operation(AfcOpcode(0x22), b"/Documents/one\0")  # noqa: SLF001 -- remove with contents
        assert await afc.listdir("/Documents") == []

    in_container(visit, sample, story)


def test_what_cannot_be_done_has_its_status(visit: Visit, bare: BarePhone, sample: str) -> None:
    async def story(afc: AfcService) -> None:
        raw = afc._do_operation  # noqa: SLF001 -- what the library would not send
        assert await refused(afc.listdir("/Nowhere")) == AfcError.OBJECT_NOT_FOUND
        assert await refused(afc.fopen("/Documents/none", "r")) == AfcError.OBJECT_NOT_FOUND
        assert await refused(afc.fopen("/Documents", "r")) == AfcError.OBJECT_IS_DIR
        assert await refused(afc.fclose(99)) == AfcError.INVALID_ARG
        assert await refused(raw(AfcOpcode.FILE_OPEN, struct.pack("<Q", 9) + b"/Documents/x\0")) == AfcError.INVALID_ARG
        assert await refused(raw(AfcOpcode.FILE_OPEN, b"short")) == AfcError.INVALID_ARG
        assert await refused(raw(AfcOpcode.READ_DIR, b"")) == AfcError.INVALID_ARG
        assert await refused(raw(AfcOpcode.RENAME_PATH, b"/Documents\0")) == AfcError.INVALID_ARG
        assert await refused(raw(AfcOpcode(0x22), b"/\0")) == AfcError.PERM_DENIED
        assert await refused(raw(AfcOpcode(0x77), b"")) == AfcError.OP_NOT_SUPPORTED

    in_container(visit, sample, story)
    assert "operation 0x77" in bare.unmodelled()


@pytest.mark.parametrize("path", ["..", "/../x", "/Documents/../../x", "Documents/../../../../../etc/passwd"])
def test_no_path_leads_out(visit: Visit, sample: str, path: str) -> None:
    async def story(afc: AfcService) -> None:
        assert await refused(afc.listdir(path)) == AfcError.PERM_DENIED
        assert await refused(afc.fopen(path, "r")) == AfcError.PERM_DENIED
        assert await refused(afc.fopen(path, "w")) == AfcError.PERM_DENIED
        assert await refused(afc._do_operation(AfcOpcode.RENAME_PATH, b"/Documents\0" + path.encode() + b"\0")) == (  # noqa: SLF001 -- raw
            AfcError.PERM_DENIED
        )

    in_container(visit, sample, story)


def test_no_link_leads_out(visit: Visit, sample: str) -> None:
    async def story(afc: AfcService) -> None:
        await afc.link("../../../../../../../../../../etc", "/Documents/etc")
        await afc.link("/etc/passwd", "/Documents/passwd")
        await afc.link("kept", "/Documents/inside")
        await afc.set_file_contents("/Documents/kept", b"kept")
        found = await afc.stat("/Documents/passwd")
        assert (found["st_ifmt"], found["LinkTarget"]) == ("S_IFLNK", "/etc/passwd")
        assert await refused(afc.fopen("/Documents/passwd", "r")) == AfcError.PERM_DENIED
        assert await refused(afc.fopen("/Documents/passwd", "w")) == AfcError.PERM_DENIED
        assert await refused(afc.listdir("/Documents/etc")) == AfcError.PERM_DENIED
        assert await refused(afc.stat("/Documents/etc/passwd")) == AfcError.PERM_DENIED
        hard = afc.link("/Documents/passwd", "/Documents/hard", AfcLinkType.HARDLINK)
        assert await refused(hard) == AfcError.PERM_DENIED
        assert await afc.fread(await afc.fopen("/Documents/inside", "r"), 9) == b"kept"

    in_container(visit, sample, story)


def test_only_documents_are_vended_where_only_they_are_asked_for(visit: Visit, sample: str) -> None:
    async def story(client: LockdownClient) -> None:
        async with container(client, sample, documents=True) as afc:
            await afc.set_file_contents("/Documents/a", b"a")
            assert await afc.listdir("/Documents") == ["a"]
            assert await refused(afc.listdir("/")) == AfcError.PERM_DENIED
            assert await refused(afc.listdir("/Documents/../Library")) == AfcError.PERM_DENIED

    visit(story)


def test_containers_are_vended_of_apps_that_allow_it(visit: Visit, sample: str) -> None:
    async def story(client: LockdownClient) -> None:
        with pytest.raises(AppNotInstalledError):
            await HouseArrestService.create(client, "com.example.none")
        with pytest.raises(AppNotInstalledError):
            await HouseArrestService.create(client, "com.apple.mobilesafari")
        with pytest.raises(PyMobileDevice3Exception, match="UnknownCommand"):
            await HouseArrestService(client).send_command(sample, "VendEverything")

    visit(story)


def test_the_class_of_a_file_is_told_and_kept_while_the_phone_is_locked(
    visit: Visit, bare: BarePhone, sample: str
) -> None:
    async def story(afc: AfcService) -> None:
        for name in ("open", "shut", "plain"):
            await afc.set_file_contents(f"/Documents/{name}", b"x")
        bare.do("protect", sample, "Documents/open", NONE_OF_IT)
        bare.do("protect", sample, "Documents/shut", COMPLETE)
        bare.do("protect", sample, "Library", COMPLETE)
        await afc.rename("/Documents/shut", "/Documents/moved")
        classes = [(await afc.stat(f"/Documents/{name}"))["st_protection_class"] for name in ("open", "plain", "moved")]
        inherited = (await afc.stat("/Library/Caches"))["st_protection_class"]
        bare.do("lock")
        assert await afc.fopen("/Documents/plain", "r")
        assert await refused(afc.fopen("/Documents/moved", "r")) == AfcError.PERM_DENIED
        bare.do("unlock")
        assert await afc.fopen("/Documents/moved", "r")

        assert classes == [NONE_OF_IT, "NSFileProtectionCompleteUntilFirstUserAuthentication", COMPLETE]
        assert inherited == COMPLETE

    try:
        in_container(visit, sample, story)
    finally:
        bare.do("unlock")


def test_there_are_no_crash_reports(visit: Visit) -> None:
    async def story(client: LockdownClient) -> None:
        mover = await client.start_lockdown_service("com.apple.crashreportmover")
        assert await mover.recvall(5) == b"ping\0"
        await mover.close()
        async with AfcService(client, "com.apple.crashreportcopymobile") as reports:
            assert await reports.listdir("/") == []

    visit(story)
