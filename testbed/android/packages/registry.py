"""The list of installed packages on the host's disk (what /data/system/packages.xml is to Android)."""

import json
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from testbed.android.files import FileSystem
from testbed.android.packages import apk
from testbed.android.packages.apk import InstallError
from testbed.android.packages.installed import Installed

LOG = logging.getLogger(__name__)


def write(path: Path, packages: Iterable[Installed]) -> None:
    """In one step, so that a phone that is killed leaves the old list or the new one."""
    rows = [
        {
            "path": one.path,
            "uid": one.uid,
            "first_install": one.first_install,
            "last_update": one.last_update,
            "granted": sorted(one.granted - one.one_time),
            "refusals": one.refusals,
        }
        for one in packages
    ]
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(rows))
    fresh.replace(path)


def read(path: Path, files: FileSystem) -> Iterator[Installed]:
    """The packages whose files are still there and verify."""
    for row in json.loads(path.read_text()) if path.exists() else ():
        host = files.host(row["path"])
        try:
            found = apk.read(host.read_bytes(), "base.apk")
        except (OSError, InstallError) as error:
            LOG.warning("package at %s is lost: %s", row["path"], error)
            continue
        yield Installed(
            manifest=found.manifest,
            signer=found.signer,
            uid=row["uid"],
            apk=host,
            path=row["path"],
            first_install=row["first_install"],
            last_update=row["last_update"],
            trusts_user_store=found.trusts_user_store,
            granted=set(row["granted"]),
            refusals=dict(row["refusals"]),
        )
