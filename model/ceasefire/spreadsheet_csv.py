"""Tables as CSV text that a spreadsheet shows and never computes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20\t]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|nan)")


def csv_text(table: pd.DataFrame, **options: Any) -> str:
    """A table as CSV. A text that a spreadsheet would take for a formula begins with an apostrophe.

    `options` are those of `DataFrame.to_csv`. Numbers, also negative ones, stay as they are.
    """
    safe = table.rename(columns=_shown)
    for position, kind in enumerate(table.dtypes):
        if kind.kind not in "biufcmM":
            safe.isetitem(position, [_shown(cell) for cell in safe.iloc[:, position]])
    return str(safe.to_csv(index=False, lineterminator="\n", **options))


def _shown(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    cell = cell.replace("\r", " ")  # pandas leaves it unquoted, and the next row would begin there
    if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell
