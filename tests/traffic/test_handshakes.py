import pytest

from traffic.events import Handshake


@pytest.mark.parametrize(
    ("version", "cipher", "strong"),
    [
        ("TLSv1.3", "TLS_AES_256_GCM_SHA384", True),
        ("TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", True),
        ("TLSv1.2", "ECDHE-ECDSA-CHACHA20-POLY1305", True),
        ("TLSv1.2", "ECDHE-RSA-AES128-SHA256", False),
        ("TLSv1.2", "AES128-GCM-SHA256", False),
        ("TLSv1.1", "ECDHE-RSA-AES128-SHA", False),
        ("TLSv1", "DES-CBC3-SHA", False),
    ],
)
def test_strong_is_new_forward_secret_and_authenticated(version: str, cipher: str, strong: bool) -> None:  # noqa: FBT001 -- a column of the table
    assert Handshake(0, 1.0, "a.test", version, cipher, None, None).is_strong is strong
