"""Who receives alerts, on loopback: a mail server and a webhook, which remember what came and fail as a test wants."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import Any, cast


@dataclass
class Post:
    """A mail server. `refused`: addresses it does not know."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)


@dataclass
class Receiver:
    """A webhook. `status` is what it answers; while `held` is clear it answers nothing."""

    url: str = ""
    status: int = 200
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    held: Event = field(default_factory=Event)
    arrived: Event = field(default_factory=Event)

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]

    @property
    def events(self) -> list[str]:
        return [one["event"] for one in self.told]


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def mail_server() -> Iterator[Post]:
    post = Post()

    class Conversation(StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

        def handle(self) -> None:
            self.say("220 tests")
            to = ""
            while line := self.rfile.readline().decode().strip():
                verb = line.upper()
                if verb.startswith("RCPT"):
                    to = line.partition("<")[2].partition(">")[0]
                    self.say(f"550 no {to} here" if to in post.refused else "250 ok")
                elif verb == "DATA":
                    self.say("354 go on")
                    parsed = message_from_bytes(self._mail(), policy=policy.default)
                    post.mails.append(cast("EmailMessage", parsed))
                    post.recipients.append(to)
                    self.say("250 taken")
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def _mail(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            return b"".join(lines)

    with _serving(_Server(("127.0.0.1", 0), Conversation)) as port:
        post.port = port
        yield post


@contextmanager
def webhook() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.held.set()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            receiver.headers.append({name.lower(): value for name, value in self.headers.items()})
            receiver.arrived.set()
            receiver.held.wait()
            content = b"ok" if receiver.status < 300 else b"no_service <b>&\x00"
            self.send_response(receiver.status)
            if 300 <= receiver.status < 400:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.daemon_threads = True
    try:
        with _serving(server) as port:
            receiver.url = f"http://127.0.0.1:{port}/services/T1/secret-path"
            yield receiver
    finally:
        receiver.held.set()


@contextmanager
def _serving(server: ThreadingTCPServer) -> Iterator[int]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
