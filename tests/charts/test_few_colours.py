"""Pictures in few colours: areas and lines keep their colours, softened edges the nearest."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from ceasefire.charts.few_colours import MOST_COLOURS, in_few_colours


def test_a_picture_of_few_colours_keeps_each_of_them() -> None:
    rng = np.random.default_rng(1)
    few = rng.integers(0, 256, (MOST_COLOURS, 4), dtype=np.uint8)
    few[:, 3] = 255
    drawn = few[rng.integers(0, MOST_COLOURS, (40, 60))]
    file = io.BytesIO()
    in_few_colours(drawn).save(file, "PNG")
    assert np.array_equal(np.asarray(Image.open(file).convert("RGBA")), drawn)


def test_of_many_colours_the_common_ones_stay_and_the_others_take_the_nearest_that_is_there() -> None:
    drawn = np.full((100, 100, 4), 255, np.uint8)
    drawn[40:60, :, :3] = (0, 114, 178)  # an area
    drawn[70, :, :3] = (213, 94, 0)  # a thin line
    drawn[0, :, 0] = np.arange(100) + 100  # a hundred colours of one pixel each
    shown = np.asarray(in_few_colours(drawn, 16).convert("RGB")).astype(int)
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) == 16
    off = np.abs(shown - drawn[:, :, :3]).max(axis=2)
    assert off[1:].max() == 0, "paper, area and line are exact"
    assert 0 < off[0].max() < 10
    kept = np.unique(shown.reshape(-1, 3), axis=0)
    nearest = ((drawn[0, :, None, :3].astype(int) - kept) ** 2).sum(axis=2).min(axis=1)
    assert np.array_equal(((shown[0] - drawn[0, :, :3]) ** 2).sum(axis=1), nearest)


def test_a_pale_area_counts_for_more_than_single_pixels_that_differ_more() -> None:
    drawn = np.full((100, 100, 4), 255, np.uint8)
    drawn[50:, :, :3] = 245
    drawn[0, :30, :3] = np.random.default_rng(2).integers(0, 200, (30, 3))
    shown = np.asarray(in_few_colours(drawn, 8).convert("RGB"))
    assert np.array_equal(shown[1:], drawn[1:, :, :3])
