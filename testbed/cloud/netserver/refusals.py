"""What a mobile client never creates or changes: stakeholders, quotes, relations, selections and their members."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from testbed.cloud.netserver.caller import Callers
from testbed.cloud.netserver.faults import forbidden


def not_for_mobile(callers: Callers) -> Callable[[Request], Awaitable[Response]]:
    async def refuse(request: Request) -> Response:
        """Raises ApiError: 401 for who is not signed in, 403 for everybody else."""
        callers.caller(request)
        raise forbidden("This is not for a mobile client to change")

    return refuse
