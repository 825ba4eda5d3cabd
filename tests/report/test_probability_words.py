"""Words of probability: a term holds the whole interval, or the model cannot tell; the scale stands beside."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Command
from html_page import Reader

from ceasefire.analysis.estimates import Interval
from ceasefire.probability_words import CANNOT_TELL, SCALES

PHIA, IPCC = SCALES["phia"], SCALES["ipcc"]


@pytest.mark.parametrize(
    ("low", "high", "phia", "ipcc"),
    [
        (0.0, 0.01, "remote chance", "exceptionally unlikely"),
        (0.0, 0.05, "remote chance", "very unlikely"),
        (0.06, 0.09, "between remote chance and highly unlikely", "very unlikely"),
        (0.12, 0.19, "highly unlikely", "unlikely"),
        (0.03, 0.12, CANNOT_TELL, "unlikely"),
        (0.36, 0.39, "between unlikely and realistic possibility", "about as likely as not"),
        (0.42, 0.5, "realistic possibility", "about as likely as not"),
        (0.56, 0.75, "likely or probable", CANNOT_TELL),
        (0.8, 0.9, "highly likely", "likely"),
        (0.92, 0.94, "between highly likely and almost certain", "very likely"),
        (0.995, 1.0, "almost certain", "virtually certain"),
        (0.09, 0.99, CANNOT_TELL, CANNOT_TELL),
        (0.3, 0.34, "unlikely", CANNOT_TELL),
    ],
)
def test_a_term_holds_the_whole_interval_or_the_model_cannot_tell(
    low: float, high: float, phia: str, ipcc: str
) -> None:
    chance = Interval((low + high) / 2, low, high)
    assert (PHIA.words(chance), IPCC.words(chance)) == (phia, ipcc)


def test_every_single_chance_has_a_name_on_both_scales() -> None:
    for per_mille in range(1001):
        one = Interval(*3 * [per_mille / 1000])
        assert CANNOT_TELL not in (PHIA.words(one), IPCC.words(one))


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(ValueError, match="no probability"):
        PHIA.words(Interval(0.5, 0.4, 1.2))


@pytest.mark.usefixtures("few_worlds_in_doubt", "without_figures")
def test_a_page_has_words_with_their_scale_when_they_are_wanted_and_else_none(command: Command, small: str) -> None:
    plain = command("run", small, "--worlds", "12", "--days", "60")
    assert "yardstick" not in plain.out
    told = command("run", small, "--worlds", "12", "--days", "60", "--words", "phia")
    assert told.last == plain.last
    page = Reader(Path(told.last, "report.html").read_text(encoding="utf-8")).root
    for text in (told.out, page.text):
        whole = " ".join(text.split())
        assert "PHIA probability yardstick. Remote chance: 0 to 5 %; highly unlikely: 10 to 20 %" in whole
        assert "Confidence is another matter than probability, and here it is low" in whole
        assert "in words" in whole
    remade = command("report", told.last, "--words", "ipcc")
    assert remade.code == 0, remade.err
    page = Reader(Path(told.last, "report.html").read_text(encoding="utf-8")).root
    assert "Mastrandrea et al. (2010)" in page.text
    assert "yardstick" not in page.text


@pytest.mark.usefixtures("few_worlds_in_doubt")
def test_a_difference_in_days_has_no_words_of_probability(command: Command, small: str) -> None:
    folder = command("compare", small, f"{small}+no-monitors", "--worlds", "12", "--days", "40").last
    refused = command("report", folder, "--words", "phia")
    assert refused.code == 2
    assert "--words is for a run" in refused.err
