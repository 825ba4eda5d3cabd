"""Made-up tables of counts in the form that `ceasefire calibrate` reads."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from ceasefire.evaluation.calibration import target_counts


def made_up(folder: Path, last: date = date(2020, 4, 30)) -> Path:
    """Data files with the right columns and made-up counts."""
    days = [date(2018, 1, 1) + timedelta(days=k) for k in range((last - date(2018, 1, 1)).days)]
    daily = pd.DataFrame({"date": [str(day) for day in days]})
    for place, column in enumerate(target_counts.DAILY_COLUMNS):
        daily[column] = [(k * (place + 3)) % 5 for k in range(len(days))]
    daily.to_csv(folder / target_counts.DAILY, index=False)
    months = pd.date_range("2017-01-31", "2020-12-31", freq="ME")
    pd.DataFrame({"month_end": months.strftime("%Y-%m-%d"), "deaths": range(len(months))}).to_csv(
        folder / target_counts.MONTHLY, index=False
    )
    return folder
