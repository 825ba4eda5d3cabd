"""How large a scenario may be: the limits of the world record, which are rules of the schema as well."""

from __future__ import annotations

CLASSES = {
    "actors": (12, 24, 64),
    "sectors": (16, 128, 512, 2048),
    "formations": (96, 640, 2560, 20480),
    "motives": (32, 96),
    "events": (12, 64, 256),
    "operations": (48, 256, 1024),
    "deadlines": (8, 64),
}
"""Sizes that the record of a world comes in, so that ordinary scenarios share one compiled shape."""

MOST = {what: rooms[-1] for what, rooms in CLASSES.items()}
"""The most that any record holds."""

MOST_TERMS = 8
"""Terms of the salience of a motive."""

MOST_NEIGHBOURS = 8
"""Sectors that touch one sector."""

MOST_OBJECTIVES = 8
"""Sectors that a campaign may name."""
