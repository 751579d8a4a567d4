import socket

import pytest

from drivers.adb import Adb
from drivers.tools import adb_path
from faults import PhoneLost


def test_a_server_that_is_gone_means_a_lost_phone_and_no_server_is_started() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

        with pytest.raises(
            PhoneLost, match=r"(?s)emulator-5554: `adb shell id -u`.*cannot start server on remote host"
        ):
            Adb(adb_path(), port, "emulator-5554").is_root()
