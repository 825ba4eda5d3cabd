"""An interrupt is heard while workers are waited for, and never within a block that holds it back."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from ceasefire.simulation.deferred_signals import defer_signals, wait_for_any

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")


@pytest.fixture(autouse=True)
def interrupts() -> Iterator[None]:
    """Whatever runs the tests may ignore interrupts; these tests raise them as a terminal would."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_waits_for_the_end_of_the_block() -> None:
    reached: list[str] = []

    def ask_and_go_on() -> None:
        with defer_signals():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.05)
            reached.append("the end")

    with pytest.raises(KeyboardInterrupt):
        ask_and_go_on()
    assert reached == ["the end"]


def test_what_heard_interrupts_before_hears_them_again() -> None:
    before = signal.getsignal(signal.SIGINT)
    with defer_signals():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_a_wait_without_end_is_interrupted_soon() -> None:
    never: Future[int] = Future()
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        wait_for_any([never])
    assert time.monotonic() - began < 10
    assert never.set_running_or_notify_cancel()  # its lock is free


def test_what_is_done_is_handed_over() -> None:
    with ThreadPoolExecutor(2) as pool:
        slow: Future[object] = pool.submit(time.sleep, 1)
        quick: Future[object] = pool.submit(pow, 2, 3)
        assert wait_for_any([slow, quick]) == {quick}
        slow.cancel()


def test_other_threads_hold_nothing_back() -> None:
    done: list[str] = []

    def within(note: Callable[[str], None]) -> None:
        with defer_signals():
            note("went on")

    thread = threading.Thread(target=within, args=(done.append,))
    thread.start()
    thread.join()
    assert done == ["went on"]
