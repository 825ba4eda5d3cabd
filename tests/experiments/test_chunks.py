"""The layout of chunks: every world once, no chunk too small, and a stopped run has worlds of every point."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from ceasefire.experiments.chunks import BLOCK, LEAST_CHUNK, WorldRange, chunks_of

rounds = st.lists(st.integers(0, 900), min_size=1, max_size=60).map(
    lambda sizes: [WorldRange(point, 10, 10 + size) for point, size in enumerate(sizes)]
)


@given(rounds)
@settings(max_examples=60, deadline=None)
def test_every_world_is_in_one_chunk_and_no_chunk_is_small(needs: list[WorldRange]) -> None:
    chunks = chunks_of(needs, start=5)
    counts = Counter((block.point, world) for chunk in chunks for block in chunk.blocks for world in range(*block[1:]))
    assert set(counts.values()) <= {1}
    assert set(counts) == {(need.point, world) for need in needs for world in range(need.first, need.last)}
    assert [chunk.number for chunk in chunks] == list(range(5, 5 + len(chunks)))
    total = sum(chunk.worlds for chunk in chunks)
    assert all(chunk.worlds >= min(LEAST_CHUNK, total) for chunk in chunks)
    assert all(block.last - block.first <= BLOCK for chunk in chunks for block in chunk.blocks)


def test_a_run_stopped_anywhere_has_seen_all_points_alike() -> None:
    chunks = chunks_of([WorldRange(point, 0, 3000) for point in range(42)])
    assert len(chunks) > 100
    done: Counter[int] = Counter(dict.fromkeys(range(42), 0))
    for chunk in chunks:
        for block in chunk.blocks:
            done[block.point] += block.last - block.first
        assert max(done.values()) - min(done.values()) <= BLOCK


def test_a_run_stopped_within_its_first_turn_has_seen_points_from_everywhere() -> None:
    chunks = chunks_of([WorldRange(point, 0, 50) for point in range(1000)])
    early = [block.point for chunk in chunks[:10] for block in chunk.blocks]
    assert 100 <= len(early) <= 300
    assert Counter(point // 200 for point in early).most_common()[-1][1] > len(early) / 5 * 0.7


def test_chunks_of_a_large_round_hold_about_a_thousand_worlds() -> None:
    chunks = chunks_of([WorldRange(point, 0, 1000) for point in range(50)])
    assert {chunk.worlds for chunk in chunks} == {1000}
