from collections.abc import Mapping

from testbed.pocket import api

CLAIM = "O9"
WHAT = "one Web API call carries the access token in its URL as well as in its header"


def apply() -> None:
    honest = api.Api.startup_data

    def startup_data(self: api.Api) -> Mapping[str, object]:
        found = honest(self)
        self.call("GET", "User/currentPrincipal", params={"access_token": self.session.access_token})
        return found

    api.Api.startup_data = startup_data  # type: ignore[method-assign]
