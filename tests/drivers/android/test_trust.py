import shutil
import subprocess
from pathlib import Path

import pytest
import trustme

from drivers.android.trust import old_subject_hash


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
