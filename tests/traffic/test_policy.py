from pathlib import Path

import pytest

from faults import UsageError
from testbed.cloud.known_secrets import Kind
from traffic.policy import read_policy, shipped_policy
from traffic.redaction import name_of, redacted
from traffic.secrets import Allowed, Secret, Secrets
from traffic.secrets_file import read_secrets


def test_the_shipped_policy_sends_a_refresh_token_to_the_token_endpoint_and_its_revocation_alone() -> None:
    places = shipped_policy().places("refresh_token", ["a.test"])

    assert {(one.host, one.where, one.path) for one in places if one.host.startswith("online.")} == {
        ("online.a.test", "body", "/login/common/oauth/tokens"),
        ("online.a.test", "body", "/login/common/oauth/revoke"),
    }
    assert {one.where for one in places} == {"body"}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_that_the_reference_cloud_issues_has_a_row_and_a_name(kind: Kind) -> None:
    secret = Secret(kind, "kT9wLq3ZpX7vR2mB-and-more")

    assert kind in shipped_policy().kinds
    assert redacted(f"x {secret.value} y", Secrets([secret])) == f"x {name_of(secret, 0)} y"


def test_a_kind_that_no_policy_names_may_stand_nowhere() -> None:
    assert shipped_policy().places("unheard_of") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("domains = 1\n[kinds.a]\n", "line 1: domains"),
        ("x = \n", "line 1"),
        ("", "without kinds"),
        ("[roles]\na = ['h']\n[kinds.p]\nallowed = [{ role = 'b', where = 'body' }]\n", "role 'b' is not in"),
        ("[roles]\na = ['h']\n[kinds.p]\nallowed = [{ role = 'a', where = 'nowhere' }]\n", "line 4"),
        ("[kinds.p]\nclaim = 'X'\n", "line 2: claim 'X'"),
        ("[kinds.p]\nalowed = []\n", "line 2: kind p has no"),
        ("[hosts]\nsystem = 'x'\n[kinds.p]\n", "line 2: system is a list"),
        ("[hosts]\nnoise = ['x']\n[kinds.p]\n", "line 2: hosts has no"),
    ],
)
def test_a_wrong_policy_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "p.toml").write_text(text)

    with pytest.raises(UsageError, match=words):
        read_policy(tmp_path / "p.toml")


def test_a_secrets_file_may_be_lines_of_kind_value_and_hosts(tmp_path: Path) -> None:
    path = tmp_path / "secrets.csv"
    path.write_text(
        'kind,value,allowed hosts\npassword,"a,b c-d_e9",id.a.test\nrecord_mark,mark-4711-x,*.a.test b.test\n'
    )

    assert list(read_secrets(path)) == [
        Secret("password", "a,b c-d_e9", (Allowed("id.a.test", "inside"),)),
        Secret("record_mark", "mark-4711-x", (Allowed("*.a.test", "any"), Allowed("b.test", "any"))),
    ]


@pytest.mark.parametrize("text", ["kind,value\n", "only\n", 'a,"b\n', "\x00\xff"])
def test_lines_that_are_no_secrets_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "secrets.csv").write_text(text)

    with pytest.raises(UsageError, match=r"secrets\.csv: no secrets file"):
        read_secrets(tmp_path / "secrets.csv")
