"""`ceasefire studio`: the whole tool in a browser, on this machine."""

from __future__ import annotations

import importlib.util
import socket
import threading
import webbrowser
from typing import TYPE_CHECKING, Annotated

import typer

from ceasefire.cli.exit_codes import RefusedError
from ceasefire.cli.terminal import notify, program, show

if TYPE_CHECKING:
    from ceasefire.studio.safety import Access

FIRST_PORT, PORTS_TRIED = 8642, 20
LOCAL = "127.0.0.1"
NEEDED = ("starlette", "uvicorn", "websockets")


def studio(
    scenario: Annotated[str, typer.Argument(metavar="[SCENARIO]", help="The scenario to begin with.")] = "idlib-2020",
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65_535, help="Port to listen on.", show_default=f"{FIRST_PORT}, or the next one free"),
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address, and open no browser.")] = False,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address to listen on; another one needs --open-to-the-network.")
    ] = LOCAL,
    open_to_the_network: Annotated[
        bool,
        typer.Option(
            "--open-to-the-network",
            help="Let other machines in: whoever has the address can run simulations here, read the results and write "
            "scenario files in this folder; what is sent is not encrypted.",
        ),
    ] = False,
) -> None:
    """Open the studio: scenarios, answers, worlds, batches and results in a browser, on this machine only."""
    refuse_without_studio()
    if host != LOCAL and not open_to_the_network:
        raise RefusedError(
            f"--host {host} would let other machines in: whoever has the address could read the results and write "
            "scenario files in this folder; if you mean it, add --open-to-the-network"
        )
    from ceasefire.studio.serve import check_scenario, serve

    check_scenario(scenario)
    listener = _listener(host, port)
    serve(scenario, listener, program(), lambda access: _announce(access, host, no_browser), host != LOCAL)
    notify("The studio has ended.")


def refuse_without_studio() -> None:
    """RefusedError when the packages of the studio are not installed."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise RefusedError(
            f"{', '.join(missing)} not installed; install what the studio needs: pip install 'ceasefire[studio]'"
        )


def _listener(host: str, port: int | None) -> socket.socket:
    """A socket on the port, or on the first that is free. RefusedError when there is none."""
    for candidate in [port] if port is not None else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            return listener
        except OSError as problem:
            listener.close()
            reason = problem.strerror or str(problem)
    which = f"port {port}" if port is not None else f"ports {FIRST_PORT} to {FIRST_PORT + PORTS_TRIED - 1}"
    raise RefusedError(f"{host}: {which} cannot be listened on ({reason}); give another --port")


def _announce(access: Access, host: str, no_browser: bool) -> None:
    """Print the address, and open the browser unless it is not wanted."""
    address = f"http://{host if host != '0.0.0.0' else LOCAL}:{access.port}/?token={access.token}"
    show(address)
    notify("Open this address in a browser; it can be used once. Ctrl-C ends the studio.")
    if not no_browser:
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
