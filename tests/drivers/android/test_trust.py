import shutil
import subprocess
from pathlib import Path

import pytest
import trustme

from drivers.adb import Adb
from drivers.android.trust import SYSTEM_STORE, distrust_authority, old_subject_hash, trust_authority


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
    trusted = trust_authority(second, authority)
    place = trusted.place
    stored = second.read("cat", place)
    rights = second.shell("ls", "-l", place)

    distrust_authority(second, trusted)

    assert place == f"{SYSTEM_STORE}/{old_subject_hash(authority)}.0"
    assert stored == authority.read_bytes()
    assert rights.startswith("-rw-r--r--")
    assert Path(place).name not in second.shell("ls", SYSTEM_STORE)


def test_what_the_phone_trusted_before_stays(second: Adb, authority: Path) -> None:
    before = second.shell("ls", SYSTEM_STORE).split()

    distrust_authority(second, trust_authority(second, authority))

    assert before
    assert second.shell("ls", SYSTEM_STORE).split() == before
