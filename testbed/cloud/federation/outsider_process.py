"""`python -m testbed.cloud.federation.outsider_process USER...`: oidc-provider-mock on a free port of the loopback.

Prints `{"port": N}` when it listens, and ends when its standard input does, so that it never outlives the cloud.
"""

import json
import logging
import sys
from datetime import timedelta

import oidc_provider_mock

# its refresh tokens live as long as its access tokens
LIFETIME = timedelta(days=30)


def main() -> None:
    # its log would hold states and codes
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    users = [oidc_provider_mock.User(sub=email, claims={"email": email}) for email in sys.argv[1:]]
    with oidc_provider_mock.run_server_in_thread(
        port=0, require_client_registration=True, require_nonce=True, access_token_max_age=LIFETIME, user_claims=users
    ) as server:
        print(json.dumps({"port": server.server_port}), flush=True)  # noqa: T201 -- the ready line
        sys.stdin.read()


if __name__ == "__main__":
    main()
