"""AFC's requests, each answered by a status or by data (libimobiledevice, src/afc.c)."""

import errno
import hashlib
import os
import shutil
import stat
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Final

from testbed.ios.device import Device
from testbed.ios.line import Line, LineClosedError
from testbed.ios.services.afc.handles import Handles
from testbed.ios.services.afc.jail import Jail
from testbed.ios.services.afc.packet import AfcError, Operation, Packet, Status, read_packet

if TYPE_CHECKING:
    from collections.abc import Callable

ERRORS: Final = {
    errno.ENOENT: Status.OBJECT_NOT_FOUND,
    errno.ENOTDIR: Status.OBJECT_NOT_FOUND,
    errno.EISDIR: Status.OBJECT_IS_DIR,
    errno.EPERM: Status.PERM_DENIED,
    errno.EACCES: Status.PERM_DENIED,
    errno.ELOOP: Status.PERM_DENIED,
    errno.EEXIST: Status.OBJECT_EXISTS,
    errno.EBADF: Status.PERM_DENIED,
    errno.EINVAL: Status.INVALID_ARG,
    errno.ENAMETOOLONG: Status.INVALID_ARG,
    errno.ENOSPC: Status.NO_SPACE_LEFT,
    errno.EWOULDBLOCK: Status.OP_WOULD_BLOCK,
    errno.ENOTEMPTY: Status.DIR_NOT_EMPTY,
    errno.EIO: Status.IO_ERROR,
}
KINDS: Final = {stat.S_IFDIR: "S_IFDIR", stat.S_IFLNK: "S_IFLNK", stat.S_IFREG: "S_IFREG"}
HARD, SYMBOLIC = 1, 2
BLOCK: Final = 4096
PROTECTION: Final = "st_protection_class"
"""Not Apple's: a real phone keeps the class of a file to itself. A client that knows no such key passes over it."""

type Reply = tuple[Operation, bytes, bytes]
DONE: Final[Reply] = (Operation.STATUS, struct.pack("<Q", Status.SUCCESS), b"")


class AfcServer:
    def __init__(self, device: Device, line: Line, jail: Jail) -> None:
        self._device = device
        self._line = line
        self._jail = jail
        self._handles = Handles()
        self._requests: dict[int, Callable[[Packet], Reply]] = {
            Operation.READ_DIR: self._read_dir,
            Operation.TRUNCATE: self._truncate,
            Operation.REMOVE_PATH: self._remove,
            Operation.MAKE_DIR: self._make_dir,
            Operation.GET_FILE_INFO: self._file_info,
            Operation.GET_DEVICE_INFO: self._device_info,
            Operation.WRITE_FILE_ATOM: self._write_atomic,
            Operation.FILE_OPEN: self._open,
            Operation.FILE_READ: self._read,
            Operation.FILE_WRITE: self._write,
            Operation.FILE_SEEK: self._seek,
            Operation.FILE_TELL: self._tell,
            Operation.FILE_CLOSE: self._close,
            Operation.FILE_SET_SIZE: self._set_size,
            Operation.SET_CONNECTION_OPTIONS: _nothing,
            Operation.SET_FS_BLOCK_SIZE: _nothing,
            Operation.SET_SOCKET_BLOCK_SIZE: _nothing,
            Operation.RENAME_PATH: self._rename,
            Operation.FILE_LOCK: self._lock,
            Operation.MAKE_LINK: self._link,
            Operation.GET_FILE_HASH: self._hash,
            Operation.GET_FILE_HASH_RANGE: self._hash_range,
            Operation.SET_FILE_TIME: self._set_time,
            Operation.GET_SIZE_OF_PATH_CONTENTS: self._size_of_contents,
            Operation.REMOVE_PATH_AND_CONTENTS: self._remove_all,
        }

    async def run(self) -> None:
        """Answer until the client goes; what it has open is closed then."""
        try:
            while True:
                packet = await read_packet(self._line)
                operation, head, data = self._answer(packet)
                await self._line.send(Packet(packet.number, operation, head, data).encode())
        except LineClosedError:
            return
        finally:
            self._handles.close_all()

    def _answer(self, packet: Packet) -> Reply:
        request = self._requests.get(packet.operation)
        if request is None:
            self._device.unmodelled.note("afc", f"operation {packet.operation:#04x}")
            return _status(Status.OP_NOT_SUPPORTED)
        try:
            return request(packet)
        except AfcError as error:
            return _status(error.status)
        except OSError as error:
            return _status(ERRORS.get(error.errno or 0, Status.UNKNOWN_ERROR))
        except (struct.error, ValueError):
            return _status(Status.INVALID_ARG)

    def _read_dir(self, packet: Packet) -> Reply:
        names = sorted(file.name for file in self._jail.host(_text(packet.head)).iterdir())
        return _strings([".", "..", *names])

    def _file_info(self, packet: Packet) -> Reply:
        file = self._jail.host(_text(packet.head), follow=False)
        found = file.lstat()
        kind = KINDS.get(stat.S_IFMT(found.st_mode), "S_IFREG")
        rows = {
            "st_size": found.st_size,
            "st_blocks": found.st_blocks,
            "st_nlink": found.st_nlink,
            "st_ifmt": kind,
            "st_mtime": found.st_mtime_ns,
            "st_birthtime": min(found.st_mtime_ns, found.st_ctime_ns),
            PROTECTION: self._jail.protection(file).value,
        }
        if kind == "S_IFLNK":
            rows["LinkTarget"] = str(file.readlink())
        return _strings([str(part) for row in rows.items() for part in row])

    def _device_info(self, _: Packet) -> Reply:
        disk = shutil.disk_usage(self._jail.root)
        rows = {
            "Model": self._device.model.product_type,
            "FSTotalBytes": disk.total,
            "FSFreeBytes": disk.free,
            "FSBlockSize": BLOCK,
        }
        return _strings([str(part) for row in rows.items() for part in row])

    def _open(self, packet: Packet) -> Reply:
        (mode,) = struct.unpack_from("<Q", packet.head)
        file = self._jail.host(_text(packet.head[8:]))
        self._jail.check_readable(file)
        number = self._handles.open(Path(os.path.realpath(file)), mode)
        return Operation.FILE_OPEN_RESULT, struct.pack("<Q", number), b""

    def _read(self, packet: Packet) -> Reply:
        number, size = struct.unpack_from("<2Q", packet.head)
        return Operation.DATA, b"", self._handles.read(number, size)

    def _write(self, packet: Packet) -> Reply:
        (number,) = struct.unpack_from("<Q", packet.head)
        self._handles.write(number, packet.data)
        return DONE

    def _seek(self, packet: Packet) -> Reply:
        number, whence, offset = struct.unpack_from("<2Qq", packet.head)
        self._handles.seek(number, whence, offset)
        return DONE

    def _tell(self, packet: Packet) -> Reply:
        (number,) = struct.unpack_from("<Q", packet.head)
        return Operation.FILE_TELL_RESULT, struct.pack("<Q", self._handles.tell(number)), b""

    def _close(self, packet: Packet) -> Reply:
        self._handles.close(*struct.unpack_from("<Q", packet.head))
        return DONE

    def _set_size(self, packet: Packet) -> Reply:
        self._handles.set_size(*struct.unpack_from("<2Q", packet.head))
        return DONE

    def _lock(self, packet: Packet) -> Reply:
        self._handles.lock(*struct.unpack_from("<2Q", packet.head))
        return DONE

    def _truncate(self, packet: Packet) -> Reply:
        (size,) = struct.unpack_from("<Q", packet.head)
        os.truncate(self._jail.host(_text(packet.head[8:])), size)
        return DONE

    def _write_atomic(self, packet: Packet) -> Reply:
        """The path in the head, the whole content as data: nobody sees a half-written file."""
        file = self._jail.host(_text(packet.head))
        draft = file.with_name(f"{file.name}.afc-draft")
        draft.write_bytes(packet.data)
        draft.replace(file)
        return DONE

    def _remove(self, packet: Packet) -> Reply:
        file = self._inside(packet)
        if file.is_dir() and not file.is_symlink():
            file.rmdir()
        else:
            file.unlink()
        return DONE

    def _remove_all(self, packet: Packet) -> Reply:
        file = self._inside(packet)
        if file.is_dir() and not file.is_symlink():
            shutil.rmtree(file)
        else:
            file.unlink()
        return DONE

    def _make_dir(self, packet: Packet) -> Reply:
        self._jail.host(_text(packet.head)).mkdir(parents=True, exist_ok=True)
        return DONE

    def _rename(self, packet: Packet) -> Reply:
        source, target = _texts(packet.head, 2)
        self._jail.host(source, follow=False).replace(self._jail.host(target, follow=False))
        return DONE

    def _link(self, packet: Packet) -> Reply:
        """A symbolic link may say anything; following it is what the jail looks at."""
        (kind,) = struct.unpack_from("<Q", packet.head)
        target, name = _texts(packet.head[8:], 2)
        link = self._jail.host(name, follow=False)
        if kind == SYMBOLIC:
            link.symlink_to(target)
        elif kind == HARD:
            link.hardlink_to(os.path.realpath(self._jail.host(target)))
        else:
            raise AfcError(Status.INVALID_ARG)
        return DONE

    def _set_time(self, packet: Packet) -> Reply:
        (moment,) = struct.unpack_from("<Q", packet.head)
        os.utime(self._jail.host(_text(packet.head[8:])), ns=(moment, moment))
        return DONE

    def _hash(self, packet: Packet) -> Reply:
        file = self._jail.host(_text(packet.head))
        self._jail.check_readable(file)
        return Operation.DATA, b"", _sha1(file.read_bytes())

    def _hash_range(self, packet: Packet) -> Reply:
        start, size = struct.unpack_from("<2Q", packet.head)
        file = self._jail.host(_text(packet.head[16:]))
        self._jail.check_readable(file)
        return Operation.DATA, b"", _sha1(file.read_bytes()[start : start + size])

    def _size_of_contents(self, packet: Packet) -> Reply:
        root = self._jail.host(_text(packet.head))
        files = [root] if root.is_file() else [file for file in root.rglob("*") if file.is_file()]
        root.lstat()
        return _strings(["size", str(sum(file.lstat().st_size for file in files)), "items", str(len(files))])

    def _inside(self, packet: Packet) -> Path:
        """A file that is to go; the jail itself stays."""
        file = self._jail.host(_text(packet.head), follow=False)
        if file == self._jail.root:
            raise AfcError(Status.PERM_DENIED)
        return file


def _nothing(_: Packet) -> Reply:
    return DONE


def _status(status: Status) -> Reply:
    return Operation.STATUS, struct.pack("<Q", status), b""


def _strings(parts: list[str]) -> Reply:
    return Operation.DATA, b"", b"".join(os.fsencode(part) + b"\0" for part in parts)


def _text(data: bytes) -> str:
    """A path up to its zero byte, which some clients leave away."""
    found = os.fsdecode(data.split(b"\0")[0])
    if not found:
        raise AfcError(Status.INVALID_ARG)
    return found


def _texts(data: bytes, number: int) -> list[str]:
    parts = data.split(b"\0")[:number]
    if len(parts) != number or not all(parts):
        raise AfcError(Status.INVALID_ARG)
    return [os.fsdecode(part) for part in parts]


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()
