import base64
from pathlib import Path

from tests.traffic.artefacts import leaks_in

SECRETS = [("password", "sm0rbr0d-og-k4ffe"), ("access_token", "8A:Cust10001.q+/8ZkP3vY7uT1xW0bN5cM2d==")]


def test_a_secret_in_any_artefact_is_told_by_kind_and_file(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "app.log").write_text("typed sm0rbr0d-og-k4ffe")
    (tmp_path / "report.html").write_bytes(base64.b64encode(SECRETS[1][1].encode()))

    assert leaks_in(tmp_path, SECRETS) == ["access_token in report.html", "password in logs/app.log"]


def test_the_raw_capture_alone_may_hold_them(tmp_path: Path) -> None:
    (tmp_path / "traffic.mitm").write_text("sm0rbr0d-og-k4ffe")
    (tmp_path / "verdict.json").write_text("\u2039password #0\u203a")

    assert leaks_in(tmp_path, SECRETS) == []
