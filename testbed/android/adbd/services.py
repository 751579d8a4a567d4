"""What a host may open on the phone (AOSP packages/modules/adb/SERVICES.TXT)."""

import asyncio
import contextlib
import io
import struct
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from PIL import Image

from testbed.android import devtools
from testbed.android.adbd.relay import relay_stream
from testbed.android.adbd.stream import Stream
from testbed.android.adbd.sync import Sync
from testbed.android.faults import Fault
from testbed.android.instrumentation import DEVICE_PORT
from testbed.android.shell.call import Call, State
from testbed.android.shell.interpreter import run_line
from testbed.android.shell.io import PacketTerminal, PlainTerminal, Terminal
from testbed.android.shell.table import TOOLS

if TYPE_CHECKING:
    from testbed.android.phone import Phone

type Service = Callable[["Phone", Stream, str], Awaitable[None]]


async def serve(phone: "Phone", stream: Stream, destination: str) -> None:
    """Runs the service that the destination names, or refuses it."""
    for prefix, service in SERVICES:
        if destination == prefix or (prefix[-1] in ":," and destination.startswith(prefix)):
            await service(phone, stream, destination)
            return
    phone.unmodelled.note("service", destination)
    await stream.refuse()


async def _shell(phone: "Phone", stream: Stream, destination: str) -> None:
    head, _, line = destination.partition(":")
    await stream.accept()
    if phone.slowness:
        await asyncio.sleep(phone.slowness)
    terminal: Terminal = PacketTerminal(stream) if "v2" in head.split(",") else PlainTerminal(stream)
    call = Call(phone, ("sh",), phone.daemon.user, State(), terminal, terminal.out, terminal.err)
    run = _run_lines(call) if not line else run_line(call, line, TOOLS)
    code = await _unless_closed(stream, run)
    if code is not None:
        await terminal.exit(code)


async def _run_lines(call: Call) -> int:
    """An interactive shell without a terminal: lines from stdin as they come."""
    left = b""
    while not call.state.exited and (data := await call.source.read()):
        *lines, left = (left + data).split(b"\n")
        for line in lines:
            await run_line(call, line.decode("utf-8", "surrogateescape"), TOOLS)
    if left and not call.state.exited:
        await run_line(call, left.decode("utf-8", "surrogateescape"), TOOLS)
    return call.state.last


async def _unless_closed(stream: Stream, work: Awaitable[int]) -> int | None:
    """The result, or None where the host hung up first: then the command is gone too, as by SIGHUP."""
    running = asyncio.ensure_future(work)
    closing = asyncio.create_task(stream.closed.wait())
    await asyncio.wait({running, closing}, return_when=asyncio.FIRST_COMPLETED)
    closing.cancel()
    if not running.done():
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await running
        return None
    return running.result()


async def _sync(phone: "Phone", stream: Stream, _: str) -> None:
    await stream.accept()
    await Sync(stream, phone).run()


async def _tcp(phone: "Phone", stream: Stream, destination: str) -> None:
    """The phone's own ports: only the UiAutomator2 server listens on one."""
    is_server = destination in (f"tcp:{DEVICE_PORT}", f"tcp:localhost:{DEVICE_PORT}")
    await _relayed(stream, await phone.instrumentation.address() if is_server else None)


async def _relayed(stream: Stream, address: tuple[str, int] | None) -> None:
    if address is None:
        await stream.refuse()
        return
    try:
        reader, writer = await asyncio.open_connection(*address)
    except OSError:
        await stream.refuse()
        return
    await stream.accept()
    await relay_stream(stream, reader, writer)


async def _abstract(phone: "Phone", stream: Stream, destination: str) -> None:
    """The sockets that apps of this phone have: a browser's DevTools, where one has them."""
    served = phone.abstract_sockets.get(destination.partition(":")[2])
    if served is None:
        await stream.refuse()
        return
    await stream.accept()
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        await devtools.serve(stream, lambda: asyncio.open_connection("127.0.0.1", served.port), served.owner.name)
    await stream.close()


async def _backup(phone: "Phone", stream: Stream, destination: str) -> None:
    """`adb backup`, which asks the phone's `bu`."""
    await stream.accept()
    terminal = PlainTerminal(stream)
    words = ("bu", "backup", *destination.partition(":")[2].split())
    call = Call(phone, words, phone.daemon.user, State(), terminal, terminal.out, terminal.err)
    await TOOLS["bu"](call)


async def _reverse(phone: "Phone", stream: Stream, destination: str) -> None:
    """`adb reverse`: apps that connect to the phone's port come out on the host (AOSP adb.cpp)."""
    await stream.accept()
    rows = phone.reversed.rows
    request = destination.removeprefix("reverse:")
    verb, _, rest = request.partition(":")
    if verb == "forward":
        near, _, far = rest.removeprefix("norebind:").partition(";")
        await _reverse_forward(phone, stream, (near, far), rebind=not rest.startswith("norebind:"))
    elif verb == "killforward" and rest in rows:
        del rows[rest]
        await stream.write(b"OKAY")
    elif verb == "killforward":
        await stream.write(_failed(f"listener '{rest}' not found"))
    elif request == "killforward-all":
        rows.clear()
        await stream.write(b"OKAY")
    elif request == "list-forward":
        listed = "".join(f"host-{index} {near} {far}\n" for index, (near, far) in enumerate(rows.items()))
        await stream.write(f"{len(listed):04x}{listed}".encode())
    else:
        phone.unmodelled.note("service", destination)
        await stream.write(_failed(f"unknown reverse: {request}"))


async def _reverse_forward(phone: "Phone", stream: Stream, row: tuple[str, str], *, rebind: bool) -> None:
    """A port of 0 is one that the phone picks, and tells (install_listener's resolved port)."""
    near, far = row
    port = near.removeprefix("tcp:")
    if not near.startswith("tcp:") or not port.isdigit():
        phone.unmodelled.note("service", f"reverse:{near}")
        await stream.write(_failed("only tcp ports are modelled"))
        return
    if near in phone.reversed.rows and not rebind:
        await stream.write(_failed("cannot rebind existing socket"))
        return
    picked = phone.reversed.free_port() if port == "0" else int(port)
    is_new = f"tcp:{picked}" not in phone.reversed.rows
    phone.reversed.rows[f"tcp:{picked}"] = far
    await stream.write(b"OKAY" + (f"{len(str(picked)):04x}{picked}".encode() if is_new else b""))


def _failed(message: str) -> bytes:
    return b"FAIL" + f"{len(message):04x}{message}".encode()


async def _root(phone: "Phone", stream: Stream, _: str) -> None:
    await stream.accept()
    if phone.daemon.user.is_root:
        await stream.write(b"adbd is already running as root\n")
        return
    if not phone.image.adbd_roots:
        await stream.write(b"adbd cannot run as root in production builds\n")
        return
    await stream.write(b"restarting adbd as root\n")
    await stream.close()
    phone.daemon.restart(as_root=Fault.ROOT_DROPS not in phone.faults)


async def _unroot(phone: "Phone", stream: Stream, _: str) -> None:
    await stream.accept()
    if not phone.daemon.user.is_root:
        await stream.write(b"adbd not running as root\n")
        return
    await stream.write(b"restarting adbd as non root\n")
    await stream.close()
    phone.daemon.restart(as_root=False)


async def _remount(phone: "Phone", stream: Stream, _: str) -> None:
    await stream.accept()
    terminal = PlainTerminal(stream)
    call = Call(phone, ("remount",), phone.daemon.user, State(), terminal, terminal.out, terminal.err)
    await TOOLS["remount"](call)


async def _framebuffer(phone: "Phone", stream: Stream, _: str) -> None:
    """The screen as raw pixels behind a header of its layout (AOSP adb/daemon/framebuffer_service.cpp, version 2)."""
    await stream.accept()
    picture = Image.open(io.BytesIO(phone.screenshot())).convert("RGBA")
    pixels = picture.tobytes()
    red = (0, 8)  # where in a pixel's 32 bits, and how many
    srgb = 1  # frameworks/base/cmds/screencap/screencap.cpp, COLORSPACE_SRGB
    layout = (2, 32, srgb, len(pixels), *picture.size, *red, 16, 8, 8, 8, 24, 8)
    await stream.write(struct.pack("<14I", *layout))
    await stream.write(pixels)
    await stream.close()


async def _reboot(phone: "Phone", stream: Stream, _: str) -> None:
    await stream.accept()
    phone.background(phone.reboot())
    await asyncio.sleep(0)  # the phone is no longer up when the host hears that it was told
    await stream.close()


async def _tcpip(phone: "Phone", stream: Stream, destination: str) -> None:
    """`adb tcpip PORT`: adbd starts again; where an emulator's network ends, nobody outside reaches that port."""
    await stream.accept()
    port = destination.partition(":")[2]
    if not port.isdigit() or not 0 < int(port) < 1 << 16:
        await stream.write(f"invalid port {port}\n".encode())
        return
    phone.properties.values["service.adb.tcp.port"] = port
    await stream.write(f"restarting in TCP mode port: {port}\n".encode())
    await stream.close()
    phone.daemon.restart(as_root=phone.daemon.user.is_root)


async def _usb(phone: "Phone", stream: Stream, _: str) -> None:
    await stream.accept()
    phone.properties.values["service.adb.tcp.port"] = "0"
    await stream.write(b"restarting in USB mode\n")
    await stream.close()
    phone.daemon.restart(as_root=phone.daemon.user.is_root)


async def _jdwp(phone: "Phone", stream: Stream, _: str) -> None:
    """Processes that a debugger may join, one a line (AOSP adb/daemon/jdwp_service.cpp); it then hangs up."""
    await stream.accept()
    pids = sorted(one.pid for one in phone.processes.all() if one.child and one.package.manifest.debuggable)
    await stream.write("".join(f"{pid}\n" for pid in pids).encode())
    await stream.close()


SERVICES: tuple[tuple[str, Service], ...] = (
    ("shell:", _shell),
    ("shell,", _shell),
    ("exec:", _shell),
    ("sync:", _sync),
    ("tcp:", _tcp),
    ("localabstract:", _abstract),
    ("backup:", _backup),
    ("reverse:", _reverse),
    ("root:", _root),
    ("unroot:", _unroot),
    ("remount:", _remount),
    ("reboot:", _reboot),
    ("framebuffer:", _framebuffer),
    ("jdwp", _jdwp),
    ("tcpip:", _tcpip),
    ("usb:", _usb),
)
