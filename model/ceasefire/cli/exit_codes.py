"""Errors of commands: a message of a line or two on standard error and an exit code, never a traceback."""

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

from ceasefire.cli.terminal import notify
from ceasefire.errors import FolderError, ScenarioError, WorkerDiedError

DONE, SOME_FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
"""Exit codes."""

FULL = (errno.ENOSPC, errno.EDQUOT)
"""Error numbers of a full disk."""


class RefusedError(Exception):
    """The command cannot do what its arguments ask for; the message says what would be right."""


_signals_received: list[int] = []
"""Signals to end that this process has received."""


def watch_signals() -> None:
    """Turn SIGINT and SIGTERM into KeyboardInterrupt, so that the command deletes incomplete files before it ends."""
    with suppress(ValueError):
        signal.signal(signal.SIGINT, _interrupt)
        signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    _signals_received.append(number)
    raise KeyboardInterrupt


class ErrorHandlingGroup(typer.core.TyperGroup):
    """The group of commands, which turns errors into messages and exit codes."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command. typer.Exit with the exit code of an error."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except ScenarioError as error:
            for fault in error.faults:
                notify(str(fault))
        except (RefusedError, FolderError) as error:
            notify(str(error))
        except WorkerDiedError as error:
            if _signals_received:  # the signal went to the workers as well
                raise _interrupted() from None
            notify(f"{error}; no incomplete file was left behind")
            raise typer.Exit(SOME_FAILED) from None
        except BrokenPipeError:
            _silence_stdout()
            raise typer.Exit(DONE) from None
        except KeyboardInterrupt:
            raise _interrupted() from None
        except OSError as error:
            notify(_message(error))
            raise typer.Exit(SOME_FAILED if error.errno in FULL else BAD_INPUT) from None
        except Exception:
            if _signals_received:  # an interrupt while rules are compiled appears as an error of the compiler
                raise _interrupted() from None
            raise
        raise typer.Exit(BAD_INPUT)


def _interrupted() -> typer.Exit:
    notify("interrupted; no incomplete file was left behind")
    return typer.Exit(128 + _signals_received[0] if _signals_received else INTERRUPTED)


def _message(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    if error.errno in FULL:
        return f"{where}the disk is full; no incomplete file was left behind"
    return f"{where}cannot be read or written: {error.strerror or error}"


def _silence_stdout() -> None:
    """Redirect standard output to the null device after a broken pipe."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
