import asyncio

type Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]
CHUNK = 1 << 16


async def relay(near: Stream, far: Stream) -> None:
    """Carry bytes both ways until both sides have ended; an end is passed on at once."""
    try:
        await asyncio.gather(_copy(near[0], far[1]), _copy(far[0], near[1]))
    except OSError:
        return  # one side is gone, and with it the connection
    finally:
        far[1].close()
        near[1].close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(CHUNK):
        target.write(data)
        await target.drain()
    if target.can_write_eof():
        target.write_eof()
