"""Runs the server until it is asked to end."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from ceasefire.studio.messages import LARGEST_MESSAGE
from ceasefire.studio.safety import Access
from ceasefire.studio.server import Studio, application


def check_scenario(scenario: str) -> None:
    """ScenarioError when the scenario to begin with cannot be found, or its file lies outside the working folder."""
    from ceasefire.studio.messages import State
    from ceasefire.studio.states import file_of

    file_of(State(scenario=scenario))


def serve(
    scenario: str, listener: socket.socket, program: str, announce: Callable[[Access], None], open_to_all: bool = False
) -> None:
    """Serve the studio on a bound socket until SIGINT or SIGTERM. `announce` is called once the server listens."""
    port = int(listener.getsockname()[1])
    own = listener.getsockname()[0]
    access = Access(None if open_to_all else frozenset({"127.0.0.1", "localhost", own}), port)
    studio = Studio(scenario, program)
    config = uvicorn.Config(
        application(studio, access), log_level="warning", lifespan="off", ws="websockets-sansio",
        ws_max_size=LARGEST_MESSAGE, ws_ping_interval=20, ws_ping_timeout=60, timeout_graceful_shutdown=3,
        server_header=False, access_log=False,
    )  # fmt: skip
    server = _Server(config, studio)
    studio.prepare()
    listener.listen(128)
    announce(access)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    studio.close()


class _Server(uvicorn.Server):
    """A server that says goodbye to the windows before it closes their sockets."""

    def __init__(self, config: uvicorn.Config, studio: Studio) -> None:
        super().__init__(config)
        self.studio = studio

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say goodbye, then shut down."""
        await self.studio.goodbye()
        await super().shutdown(sockets)
