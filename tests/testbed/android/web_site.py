"""A small web site in the clear, for the phone's browsers: a form, and redirects that leave the web."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PAGE = """<!doctype html><meta name="viewport" content="width=device-width"><title>CRM</title>
<h1 id="title">Hello {agent}</h1><p id="visits">visit {visits}</p>
<form action="/go"><input id="mail" name="mail" placeholder="Mail"><input id="secret" type="password" name="secret">
<button id="send">Send</button></form><a id="app" href="sample:linked">To the app</a>"""


@dataclass
class Site:
    port: int = 0
    seen: list[str] = field(default_factory=list)
    """Every path that was asked for."""


@contextmanager
def running_site() -> Iterator[Site]:
    site = Site()

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.seen.append(self.path)
            if self.path != "/":
                self.send_response(302 if self.path.startswith("/go") else 404)
                self.send_header("Location", "sample:signed/in?code=1")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            visits = int((self.headers.get("Cookie") or "visits=0").partition("visits=")[2]) + 1
            body = PAGE.format(agent="Mobile" if "Mobile" in self.headers["User-Agent"] else "desk", visits=visits)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Set-Cookie", f"visits={visits}; Max-Age=1000")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Tests say what they saw."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        site.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
