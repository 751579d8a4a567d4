"""What the processes of virtual phones begin and end with."""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Coroutine, Mapping
from typing import NoReturn


def say(line: Mapping[str, object]) -> None:
    """The one line by which whoever started the phone learns where everything is."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def run(phone: Coroutine[object, object, None]) -> NoReturn:
    """Logs to stderr; ends with 0 once the phone is off."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(phone)
    os._exit(0)  # nothing is left to wait for but idle threads
