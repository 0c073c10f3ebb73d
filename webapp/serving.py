"""A server that listens, and the worker beside it: a process of its own, that lives as long."""

from __future__ import annotations

import gc
import logging
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

from webapp.config import Config
from webapp.db import make_engine
from webapp.jobs import Workshop, queue_of
from webapp.mail import Transport
from webapp.mapping.recognised import recognise
from webapp.texts import LANGUAGES, texts

if TYPE_CHECKING:
    from flask import Flask

THREADS = 8  # web.md's measure: one process of eight threads has 25 times the load of 500 firms
MOST_CONNECTIONS = 2_000  # browsers keep theirs open; a hundred, waitress's own, were too few
PATIENCE_S = 30  # how long the worker may take to end what it holds
AGAIN_AFTER_S = 1.0
OBJECTS_A_COLLECTION = 20_000  # a page makes some thousand that end with it


def get_ready() -> None:
    """Load what the first readers would wait for, and leave it out of every collection to come.

    The tables and words are some hundred thousand objects that stay: going through them again and
    again while pages are made took a tenth of the processor.
    """
    for language in LANGUAGES:
        texts(language)
        recognise("flows", "palettes", "", language)
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_A_COLLECTION)


def listen(app: Flask, config: Config, host: str, port: int) -> Any:
    """A server whose socket is open; ``run()`` answers until it is interrupted.

    Only behind the proxy that the settings name is a header believed on who asks, and how.
    """
    from waitress.server import create_server

    get_ready()
    behind = (
        {
            "trusted_proxy": config.proxy,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
            "clear_untrusted_proxy_headers": True,
        }
        if config.proxy
        else {}
    )
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a line a request that waits
    return create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        ident=None,
        connection_limit=MOST_CONNECTIONS,
        asyncore_use_poll=True,  # select() ends at 1024 files
        **behind,
    )


def stop_on_termination() -> None:
    """End in order on SIGTERM, as on an interruption from the keyboard."""

    def stop(_number: int, _frame: object) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)


def work(config: Config, transport: Transport, clock: Any, *, is_beside: bool) -> None:
    """Do what the rows ask for until told to stop; ``is_beside``: or until standard input ends."""
    from webapp.models import Vault

    engine = make_engine(config.database)
    workshop = Workshop(
        engine=engine,
        info={"vault": Vault(config.master_keys, config.secret)},
        config=config,
        transport=transport,
        clock=clock,
    )
    if is_beside:
        threading.Thread(target=_stop_with_the_other, daemon=True).start()
    queue = queue_of(config, lambda: workshop)
    queue.wake()  # what was left lying is taken up at once
    queue.consumer().run()
    engine.dispose()


def _stop_with_the_other() -> None:
    """The server holds the other end of our standard input: when it dies, however, we read so."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


class Beside:
    """The worker's process: started, started again when it dies, stopped with us."""

    def __init__(self, config: Config) -> None:
        self._environment = {**os.environ, **config.as_environment()}
        self._is_over = threading.Event()
        self._process = self._start()
        self._watch = threading.Thread(target=self._keep, daemon=True)
        self._watch.start()

    @property
    def pid(self) -> int:
        """The process that works now."""
        return self._process.pid

    def stop(self) -> None:
        """Let it end what it holds; kill it when that takes too long."""
        self._is_over.set()
        process = self._process
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "webapp.cli", "work", "--beside"],
            stdin=subprocess.PIPE,
            env=self._environment,
            start_new_session=True,  # the keyboard's interruption is for the server: it tells us
        )

    def _keep(self) -> None:
        while not self._is_over.is_set():
            self._process.wait()
            if not self._is_over.wait(AGAIN_AFTER_S):
                self._process = self._start()
