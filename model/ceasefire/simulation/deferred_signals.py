"""Waiting for workers so that an interrupt is heard, and never lands while a lock of theirs is held.

An interrupt that is raised inside concurrent.futures can leave a lock taken for ever, and the workers waiting for it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from typing import Any, TypeVar

Result = TypeVar("Result")

HEARD_WITHIN = 0.2
"""Longest time for which an interrupt waits. [seconds]"""

ASKING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def defer_signals() -> Iterator[None]:
    """Requests to end that come within the block are delivered when it is over; only the main thread gets any."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []
    before: dict[signal.Signals, Any] = {
        each: signal.signal(each, lambda number, frame: asked.append(number)) for each in ASKING
    }
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, signal.SIG_DFL if handler is None else handler)
        if asked:
            signal.raise_signal(asked[0])


def wait_for_any(jobs: Iterable[Future[Result]]) -> set[Future[Result]]:
    """Wait until some of these are done; which. Raises what an interrupt raises."""
    waiting = list(jobs)
    while True:
        with defer_signals():
            done, _ = wait(waiting, timeout=HEARD_WITHIN, return_when=FIRST_COMPLETED)
        if done:
            return done
