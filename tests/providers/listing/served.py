"""A server on loopback that answers as a provider's list does, and remembers who asked for what."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass
class Served:
    """`answers` by path with its query: a body, (status, body), SILENT or ENDLESS. What is no bytes is JSON."""

    answers: dict[str, Any]
    origin: str = ""
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    going: Event = field(default_factory=Event)  # set when the server ends: what is SILENT goes on until then


SILENT = object()
ENDLESS = object()  # a body that begins with three megabytes and does not end


@contextmanager
def serving(answers: dict[str, Any]) -> Iterator[Served]:
    served = Served(answers)

    class Lists(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.paths.append(self.path)
            served.headers.append({name.lower(): value for name, value in self.headers.items()})
            answer = served.answers.get(self.path, (404, {"error": {"message": "nothing here"}}))
            if answer is SILENT:
                served.going.wait()
                return
            if answer is ENDLESS:
                self.send_response(200)
                self.send_header("Content-Length", str(10**12))
                self.end_headers()
                with suppress(ConnectionError):
                    self.wfile.write(b" " * 3_000_000)
                    served.going.wait()
                return
            status, body = answer if isinstance(answer, tuple) else (200, answer)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{served.origin}/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            served.bodies.append(asked)
            self.path = f"{self.path} {json.loads(asked)['model']}"
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Lists)
    server.daemon_threads = True
    served.origin = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.going.set()
        server.shutdown()
        server.server_close()
        thread.join()
