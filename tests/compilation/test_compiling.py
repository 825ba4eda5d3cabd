"""How rules are compiled: quickly, and leaving Python as it was."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import numpy as np
import pytest
from numba.core import event, types

from ceasefire.compilation import decorators
from ceasefire.parameters.size_limits import CLASSES
from ceasefire.world_state import size_class, world_dtype


class Watch(event.Listener):  # type: ignore[misc]
    """Notes at each step of compiling whether garbage is collected."""

    def __init__(self) -> None:
        self.collects: list[bool] = []

    def on_start(self, _: object) -> None:
        self.collects.append(gc.isenabled())

    def on_end(self, _: object) -> None:
        self.collects.append(gc.isenabled())


@pytest.fixture
def watch() -> Iterator[Watch]:
    watching = Watch()
    with event.install_listener("numba:run_pass", watching):
        yield watching
    gc.enable()


@pytest.mark.skipif(not decorators.compiling(), reason="nothing is compiled")
def test_no_garbage_is_looked_for_while_rules_are_compiled(watch: Watch) -> None:
    @decorators.rule
    def inner(x: float) -> float:
        return x + 1.0

    @decorators.seldom
    def outer(x: float) -> float:
        return inner(x) * 2.0

    assert gc.isenabled()
    outer.compile((types.float64,))  # type: ignore[attr-defined]
    assert watch.collects
    assert not any(watch.collects)
    assert gc.isenabled()


@pytest.mark.skipif(not decorators.compiling(), reason="nothing is compiled")
def test_it_is_told_once_that_rules_are_being_compiled_and_not_when_they_are_compiled_already() -> None:
    @decorators.seldom
    def doubled(x: float) -> float:
        return x * 2.0

    told: list[str] = []
    decorators.when_compiling(lambda: told.append("compiling"))
    assert told == []
    doubled.compile((types.float64,))  # type: ignore[attr-defined]
    assert told == ["compiling"]
    decorators.when_compiling(lambda: told.append("again"))
    doubled.compile((types.float64,))  # type: ignore[attr-defined]
    assert told == ["compiling"]
    decorators.when_compiling(lambda: None)


@pytest.mark.skipif(not decorators.compiling(), reason="nothing is compiled")
def test_what_cannot_be_compiled_leaves_garbage_collection_as_it_was(watch: Watch) -> None:
    @decorators.seldom
    def wrong(x: float) -> float:
        return x.no_such_thing  # type: ignore[attr-defined, no-any-return]

    with pytest.raises(Exception, match="no_such_thing"):
        wrong.compile((types.float64,))  # type: ignore[attr-defined]
    assert not any(watch.collects)
    assert gc.isenabled()
    gc.disable()
    with pytest.raises(Exception, match="no_such_thing"):
        wrong.compile((types.float64,))  # type: ignore[attr-defined]
    assert not gc.isenabled()


def test_types_of_worlds_are_told_apart_by_what_compilation_calls_them() -> None:
    def called(kind: np.dtype[np.void]) -> str:
        from numba import from_dtype

        return repr(from_dtype(kind))

    rooms = {name: sizes[0] for name, sizes in CLASSES.items()}
    small = world_dtype(size_class(**rooms))
    large = world_dtype(size_class(**{**rooms, "sectors": CLASSES["sectors"][1]}))
    assert called(small) == called(small) != called(large)
