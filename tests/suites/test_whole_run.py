"""What the tenant's servers say they answered, against what the recorder wrote down."""

from dataclasses import replace
from pathlib import Path

import pytest

from faults import EvidenceMissing
from suites.test_whole_run import Everything, expect_nothing_went_past
from tests.suites.builders import PaperTenant, exchange, served
from tests.traffic.test_exchanges import EXCHANGE, line, recording_of
from traffic.exchanges import Recording
from traffic.leaks import tokens_go_only_where_they_belong, tokens_stay_out_of_urls
from traffic.promises import Promise, all_traffic_is_tls
from traffic.secrets import Secret, Secrets

HOST = "online.superoffice.test"


def recording(folder: Path, *paths: str) -> Recording:
    fields = [EXCHANGE | {"host": HOST, "path": path, "url": f"https://{HOST}{path}"} for path in paths]
    return recording_of(folder, "".join(line(n, "exchange", **each) for n, each in enumerate(fields)))


def test_what_was_recorded_may_have_been_served(tmp_path: Path) -> None:
    seen = recording(tmp_path, "/login?state=x", "/login", "/refused-by-the-recorder")

    assert expect_nothing_went_past(seen, PaperTenant(answered=(served("/login"), served("/login")))) is None


@pytest.mark.parametrize(
    "answered",
    [
        (served("/api/v1/Contact"),),
        (served("/login"), served("/login")),
        (served("/login", "POST"),),
        (served("/login", host="id.superoffice.test"),),
    ],
    ids=["another path", "once more", "another method", "another host"],
)
def test_what_was_served_past_the_recorder_takes_the_verdict_away(tmp_path: Path, answered: tuple) -> None:
    seen = recording(tmp_path, "/login")

    with pytest.raises(EvidenceMissing, match=r"^the servers answered requests that did not pass the recorder \(1\): "):
        expect_nothing_went_past(seen, PaperTenant(answered=answered))


def test_a_recording_that_is_gone_is_no_alibi(tmp_path: Path) -> None:
    with pytest.raises(EvidenceMissing, match="cannot be read"):
        expect_nothing_went_past(Recording(tmp_path / "events.jsonl"), PaperTenant())


@pytest.mark.parametrize("first", [tokens_stay_out_of_urls, tokens_go_only_where_they_belong])
def test_promises_that_are_judged_together_are_told_apart(first: Promise) -> None:
    token = "8A:Cust10001.AbCdEfGhIjKlMnOpQrStUvWx"
    in_url = replace(exchange(f"/api/v1/Contact?token={token}"), n=1)
    elsewhere = replace(exchange("/take", "collector.example"), n=2, request_body=token.encode())
    everything = Everything((in_url, elsewhere), Secrets([Secret("access_token", token)]))

    everything.findings(first)

    assert {one.exchange for one in everything.findings(tokens_stay_out_of_urls)} == {1}
    assert {one.exchange for one in everything.findings(tokens_go_only_where_they_belong)} >= {2}
    assert everything.findings(all_traffic_is_tls) == ()
