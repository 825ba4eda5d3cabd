"""What stops a command: said in a line or two on standard error, with an exit code, and never as a traceback."""

from __future__ import annotations

import errno
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import Any

import typer
import typer.core

from ceasefire.cli.terminal import say
from ceasefire.errors import FolderError, ScenarioError

DONE, SOME_FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
"""Exit codes."""

FULL = (errno.ENOSPC, errno.EDQUOT)


class RefusedError(Exception):
    """The command cannot do what was asked; the message says what would be right."""


_signals_received: list[int] = []
"""Signals that asked this process to end."""


def watch_signals() -> None:
    """Let a request to end unwind the command, so that it leaves nothing half-written."""
    with suppress(ValueError):
        signal.signal(signal.SIGINT, _end)
        signal.signal(signal.SIGTERM, _end)


def _end(number: int, frame: FrameType | None) -> None:
    _signals_received.append(number)
    raise KeyboardInterrupt


class ErrorHandlingGroup(typer.core.TyperGroup):
    """All commands, each watched over."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command. Raises typer.Exit with the code of what went wrong."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except ScenarioError as error:
            for fault in error.faults:
                say(str(fault))
        except (RefusedError, FolderError) as error:
            say(str(error))
        except BrokenPipeError:
            _silence_stdout()
            raise typer.Exit(DONE) from None
        except KeyboardInterrupt:
            raise _interrupted() from None
        except OSError as error:
            say(_words(error))
            raise typer.Exit(SOME_FAILED if error.errno in FULL else BAD_INPUT) from None
        except Exception:
            if _signals_received:  # an interrupt while rules are compiled comes out as an error of the compiler's
                raise _interrupted() from None
            raise
        raise typer.Exit(BAD_INPUT)


def _interrupted() -> typer.Exit:
    say("interrupted; nothing half-written was left behind")
    return typer.Exit(128 + _signals_received[0] if _signals_received else INTERRUPTED)


def _words(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    if error.errno in FULL:
        return f"{where}the disk is full; nothing half-written was left behind"
    return f"{where}cannot be read or written: {error.strerror or error}"


def _silence_stdout() -> None:
    """Nobody reads any more: what is still unwritten goes nowhere, quietly."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
