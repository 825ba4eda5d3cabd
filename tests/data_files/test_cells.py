"""What a cell may say, and what it may not."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ceasefire.data_files import cells

ANY_TEXT = st.text(max_size=12) | st.text("0123456789.,-+eE nNaAiIfF/:T", max_size=14)


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)))
def test_a_day_is_the_same_day_in_every_form(date: datetime.date) -> None:
    forms = ("%Y-%m-%d", "%Y-%m-%d 00:00:00.000", "%Y-%m-%dT00:00:00Z", "%d %B %Y", "%d %b %Y", "%d-%b-%Y")
    assert {cells.day(date.strftime(form)) for form in forms} == {(date - datetime.date(1970, 1, 1)).days}


@pytest.mark.parametrize(
    "text",
    ["31/01/2023", "01/31/2023", "20230131", "2023-02-30", "31 Juni 2023", "5 Ma 2023", "2023", "NA", "", "44957",
     "1 J 2023", "0023-01-31", "2023-01-31 x", "date_start", "\u0662\u0660\u0662\u0663-01-31"],
)  # fmt: skip
def test_what_may_be_two_days_or_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a day|no day of the calendar|is not within 1900 to 2100"):
        cells.day(text)


@pytest.mark.parametrize("text", ["NA", "nan", "NaN", "", "<NA>", "null", "NULL", "None", "N/A", "#N/A", ".", "na"])
def test_what_programs_write_for_not_known_is_not_known(text: str) -> None:
    assert math.isnan(cells.count(text))


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("7", 7), ("7.0", 7), ("1e3", 1000), ("+7", 7), ("-0.0", 0)])
def test_whole_numbers_are_read_as_programs_write_them(text: str, value: int) -> None:
    assert cells.count(text) == value


@pytest.mark.parametrize(
    "text",
    ["inf", "Inf", "-inf", "Infinity", "1e999", "0.5", "1.5", "-1", "1,234", "12 345", "1e8", "1_000", "0x10", "seven",
     "'7", "=7", "7 dead", "--", "99999999999999999999", "\u0667"],
)  # fmt: skip
def test_infinities_halves_and_words_are_no_counts(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a count|may be a thousand|is more than"):
        cells.count(text)


def test_a_decimal_comma_is_read_where_commas_do_not_set_cells_apart() -> None:
    assert cells.count("7,0", decimal_comma=True) == 7
    assert cells.number("35,25", decimal_comma=True) == 35.25
    for text in ("7,0", "7,5"):
        with pytest.raises(ValueError, match="is not a count"):
            cells.count(text)
    for text in ("1,234", "1.234", "1.234.567"):
        with pytest.raises(ValueError, match="may be a thousand or a fraction"):
            cells.count(text, decimal_comma=True)
    assert cells.count("1.000") == 1


def outcome(reader: Callable[[str], object], text: str) -> object:
    """What a reader makes of a text: a value, or the ValueError that says what is wrong."""
    try:
        return reader(text)
    except ValueError as error:
        return error


@given(ANY_TEXT, st.booleans())
def test_any_text_is_a_whole_number_of_dead_or_not_known_or_refused_in_one_printable_line(
    text: str, decimal_comma: bool
) -> None:
    found = outcome(partial(cells.count, decimal_comma=decimal_comma), text)
    if isinstance(found, ValueError):
        assert str(found).isprintable()
        assert len(str(found)) < 160
    else:
        assert isinstance(found, float)
        assert math.isnan(found) or (0 <= found <= cells.MOST and found == int(found))


@given(ANY_TEXT, st.sampled_from([cells.day, cells.day_or_none, cells.code, cells.name, cells.coordinate(90, True)]))
def test_no_reader_raises_anything_but_what_is_wrong(text: str, reader: Callable[[str], object]) -> None:
    found = outcome(reader, text)
    if isinstance(found, ValueError):
        assert type(found) is ValueError
        assert str(found).isprintable()


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1", "-North", "a\tb", "\x1b[31m", "a\nb"])
def test_a_name_that_a_spreadsheet_or_a_terminal_would_run_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"formula|cannot be printed"):
        cells.name(text)
