from starlette.applications import Starlette

from testbed.handset.serving import server_of

LONGEST_PAUSE = 180.0  # seconds between two commands of a check: no check may take longer (pyproject.toml, timeout)


def test_a_connection_outlives_the_longest_pause_between_two_commands() -> None:
    assert server_of(Starlette()).config.timeout_keep_alive > LONGEST_PAUSE
