"""A whole installation in processes of its own: server, worker, a mail server that counts."""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from sqlalchemy import select

from tests.conftest import ROOT
from tests.webapp.world import World
from webapp.app import create_app
from webapp.db import transaction
from webapp.models import Account, WebSession
from webapp.trial import Person

PATIENCE_S = 120


class _OneMail(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs to hand over one mail."""

    def handle(self) -> None:
        self.wfile.write(b"220 sink\r\n")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                data = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.mails.append(message_from_bytes(data))
            elif verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 ok\r\n")


class Sink(socketserver.ThreadingTCPServer):
    """A mail server that keeps every delivery, copies included."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _OneMail)
        self.mails: list[Message] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class Installation:
    """``maillage serve`` on a base; it can be killed and started again on the same port."""

    def __init__(self, world: World, mail: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.config = dataclasses.replace(
            world.config, mail=mail, address=f"http://localhost:{self.port}"
        )
        self._environment = {**os.environ, **self.config.as_environment()}
        self._app = create_app(self.config, engine=world.engine, vault=world.vault)
        self._world = world
        self.server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "webapp.cli", "serve", "--port", str(self.port)]
        self.server = subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL
        )
        self.wait()

    def wait(self) -> None:
        """Until it answers."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            try:
                if Person(self.port).ask("GET", "/sante")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("the server does not answer")

    def workers(self) -> list[int]:
        """The processes that work beside it."""
        mark = b"MAILLAGE_ADDRESS=" + self.config.address.encode()
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                command = (path / "cmdline").read_bytes().split(b"\0")
                if b"work" in command and mark in (path / "environ").read_bytes():
                    found.append(int(path.name))
            except OSError:
                continue
        return found

    def kill(self, *, is_server: bool) -> None:
        """As a power cut does: no warning, no clean-up."""
        if is_server:
            self.server.kill()
            self.server.wait()
            return
        for number in self.workers():
            os.kill(number, signal.SIGKILL)

    def stop(self) -> int:
        """In order. Returns how it ended."""
        self.server.terminate()
        return self.server.wait(PATIENCE_S)

    def signed_in(self, account_id: int) -> Person:
        """Somebody whose session is in the base already: codes by mail are tested elsewhere."""
        world = self._world
        token = world.vault.new_token(32)
        with transaction(world.engine, world.info) as session:
            now = self._app.extensions["maillage"].clock()
            session.add(
                WebSession(
                    public_id=world.vault.new_token(),
                    token_digest=world.vault.digest("session", token),
                    account_id=account_id,
                    started_at=now,
                    seen_at=now,
                )
            )
        signer = self._app.session_interface.get_signing_serializer(self._app)
        person = Person(self.port)
        person.cookies["__Host-maillage"] = signer.dumps(
            {"token": token, "language": "fr", "csrf_token": world.vault.new_token(20)}
        )
        return person


@contextmanager
def installed(world: World, mail: str) -> Iterator[Installation]:
    """Running, and gone at the end whatever happens."""
    made = Installation(world, mail)
    made.start()
    try:
        yield made
    finally:
        if made.server.poll() is None:
            made.server.kill()
            made.server.wait()
        until = time.monotonic() + PATIENCE_S
        while made.workers() and time.monotonic() < until:
            time.sleep(0.05)


def account_of(world: World, address: str) -> int:
    """The account that has an address."""
    session = world.rows()
    digest = world.vault.digest("address", address)
    found = session.scalar(select(Account.id).where(Account.address_digest == digest))
    session.close()
    return found
