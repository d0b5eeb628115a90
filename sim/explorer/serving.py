"""The page in a browser on this machine: on loopback alone, at an address nobody can guess.

A page that answers to anybody who can reach a port would hand out a scenario that may not be
public. So the server listens on 127.0.0.1, the page lies under a random token, the root leads
nowhere, and a websocket is taken from this address only.
"""

from __future__ import annotations

import logging
import secrets
import socket
from collections.abc import Callable
from typing import Any

import panel as pn
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

from sim.explorer.answers import Explorer
from sim.explorer.page import panel_of

HOST = "127.0.0.1"


def serve(
    explorer: Explorer, *, port: int = 0, ready: Callable[[str], None], browser: bool = False
) -> None:
    """Serve pages until Ctrl-C; `ready` is told the address. `port` 0: a free one.

    Every visitor has controls of their own, and all share what the explorer has walked.
    """
    token = secrets.token_urlsafe(16)
    port = port or _free_port()
    for name in ("bokeh", "tornado.access"):  # what they log are addresses, with the token
        logging.getLogger(name).setLevel(logging.CRITICAL)
    server: Any = pn.serve(
        {token: lambda: panel_of(explorer)},
        address=HOST,
        port=port,
        show=browser,
        start=False,
        verbose=False,
        websocket_origin=f"{HOST}:{port}",
        title=explorer.scenario.model.title,
        use_index=False,
        redirect_root=False,
    )
    # Otherwise each closed tab would leave a traceback in the terminal.
    server.io_loop.asyncio_loop.set_exception_handler(_unless_gone)
    # Before the loop, which does not return: the socket is bound, so that the address works by the
    # time somebody has read it.
    ready(f"http://{HOST}:{port}/{token}")
    server.start()
    try:
        server.io_loop.start()
    finally:
        server.stop()


def _unless_gone(loop: Any, context: dict[str, Any]) -> None:
    """What is left over when a visitor closes the page while it is answered is no fault."""
    if not isinstance(context.get("exception"), (WebSocketClosedError, StreamClosedError)):
        loop.default_exception_handler(context)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        found: int = listening.getsockname()[1]
        return found
