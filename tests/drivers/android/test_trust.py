import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import trustme

from drivers.adb import Adb
from drivers.android.trust import SYSTEM_STORE, distrust_authority, old_subject_hash, trust_authority
from drivers.tools import adb_path
from faults import CapabilityMissing
from tests.testbed.android.phone_rig import Adb as RigAdb
from tests.testbed.android.phone_rig import phone, private


def test_the_file_name_is_the_hash_that_openssl_computes(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    certificate = tmp_path / "ca.pem"
    trustme.CA(organization_name="A lab").cert_pem.write_to_path(str(certificate))

    computed = subprocess.check_output(
        [openssl, "x509", "-in", str(certificate), "-noout", "-subject_hash_old"], text=True
    ).strip()

    assert old_subject_hash(certificate) == computed


def test_an_authority_is_put_into_the_system_store_and_taken_out_again(second: Adb, authority: Path) -> None:
    place = trust_authority(second, authority)
    stored = second.read("cat", place)
    rights = second.shell("ls", "-l", place)

    distrust_authority(second, place)

    assert place == f"{SYSTEM_STORE}/{old_subject_hash(authority)}.0"
    assert stored == authority.read_bytes()
    assert rights.startswith("-rw-r--r--")
    assert Path(place).name not in second.shell("ls", SYSTEM_STORE)


def test_what_the_phone_trusted_before_stays(second: Adb, authority: Path) -> None:
    before = second.shell("ls", SYSTEM_STORE).split()

    distrust_authority(second, trust_authority(second, authority))

    assert before
    assert second.shell("ls", SYSTEM_STORE).split() == before


def test_a_phone_that_keeps_its_authorities_elsewhere_is_told_apart(
    lab: dict[str, Any], authority: Path, tmp_path: Path
) -> None:
    port = lab["adb"]["server_port"]
    with phone(RigAdb(port, private(tmp_path, port)), tmp_path / "phone", "--api", "34") as rig:
        newer = Adb(adb_path(), port, rig.adb.serial)
        newer.wait_until_there()

        with pytest.raises(
            CapabilityMissing, match=rf"^{newer.serial}: Android 14 and later keep their CAs in an APEX"
        ):
            trust_authority(newer, authority)
