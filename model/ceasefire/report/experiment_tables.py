"""The tables of an experiment for readers: the answer in a sentence, and the rows behind it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from ceasefire.analysis.estimates import Interval
from ceasefire.experiments.outcome_definitions import OutcomeVariable
from ceasefire.report.html import Table
from ceasefire.scenario.parameter_paths import path_words
from ceasefire.scenario.schema import Scenario
from ceasefire.wording import (
    GAP,
    days,
    listed,
    signed_days,
    signed_number,
    signed_points,
    span_words,
    upper,
    whole_percent,
)

Tables = Mapping[str, pd.DataFrame]
Asked = Mapping[str, Any]
"""What an experiment's file says under `answer:`, as plain content; empty for nothing."""

MOST_ROWS = 60
"""Largest number of rows shown on the page; the table to download has all."""

MOST_NEEDED = 1_000_000
"""Largest number of worlds that is offered as enough."""


def reader_name(name: str, kind: str, title: str | None, scenario: Scenario | None) -> str:
    """What readers call a factor: the title of a change with its name, a part or a path in words; '' for neither."""
    if kind == "part":
        return part_words(name)
    if kind == "change":
        return f'"{title}" ({name})' if title and title != name else name
    return path_words(name, scenario) if scenario is not None else ""


def part_words(name: str) -> str:
    """What readers call a part that a swap exchanges: its name in an experiment's file has no spaces."""
    return f'"{name.replace("-", " ").replace("_", " ")}"'


def renamed(tables: Tables, names: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """The tables with the readers' names of the factors."""
    shown = {name: table.copy() for name, table in tables.items()}
    if not names:
        return shown
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    known = re.compile(rf"(?<![\w-])(?:{either})(?![\w-])")
    for table in shown.values():
        if "part" in table:
            table["part"] = [names.get(str(part), str(part)) for part in table["part"]]
        for column in sorted({"label", "factor", "contrast"} & set(table.columns)):
            table[column] = [known.sub(lambda m: names[m[0]], str(label)) for label in table[column]]
    return shown


COLUMNS = {
    "attribution": ("part", "contribution", "low", "high", "alone", "last", "least", "most"),
    "levers": (
        "label", "difference", "low", "high", "draw_05", "draw_95", "share_above", "share_above_low",
        "share_above_high", "regret", "best_in",
    ),
    "sensitivity": (
        "factor", "effect", "low", "high", "direction", "uneven", "by_chance",
        "in_all", "in_all_low", "in_all_high", "alone", "alone_low", "alone_high", "correlation", "q",
    ),
    "effects": ("factor", "kind", "from", "to", "difference", "low", "high", "needed"),
    "differences": ("label", "difference", "low", "high", "longer", "shorter", "saved", "lost"),
}  # fmt: skip
HEADS = {
    "label": "", "part": "part", "factor": "factor", "low": "95 % from", "high": "to", "draw_05": "90 % of draws from",
    "draw_95": "to", "share_above": "draws above zero", "share_above_low": "95 % from", "share_above_high": "to",
    "q": "false-discovery rate", "needed": "worlds needed", "best_in": "best in draws", "in_all": "with interactions",
    "in_all_low": "95 % from", "in_all_high": "to", "alone_low": "95 % from", "alone_high": "to",
    "last": "as the last", "uneven": "spread", "by_chance": "by chance alone", "kind": "which change",
}  # fmt: skip
EXCHANGED = "alone: exchanged by itself; as the last: exchanged after all others; contribution: mean over all orders"
"""What the columns of a swap mean."""
KINDS = {"main": "first to last setting", "step": "one step", "both": "together, beyond what each adds alone"}
"""What readers call the rows of a grid's effects."""
SHARES = frozenset(
    {
        "share_above",
        "share_above_low",
        "share_above_high",
        "best_in",
        "in_all",
        "in_all_low",
        "in_all_high",
        "alone_low",
        "alone_high",
        "saved",
        "lost",
    }
    | {"longer", "shorter"}
)


def answer_of(tables: Tables, outcomes: Sequence[OutcomeVariable], asked: Asked, design: str) -> str:
    """The answer of a finished experiment: what its file says answers the question, else what the design tells.

    `asked` is what the file says, {} for nothing: see `leading`.
    """
    wanted = leading(tables, outcomes, asked)
    if contrast := contrast_sentence(tables, wanted):
        return contrast
    answer = answer_to(tables, wanted, design)
    if asked.get("contrast"):
        answer = f"{UNANSWERED} {answer}"
    if design != "swap" and all(tells(tables, each) is False for each in outcomes):
        return f"No setting differs beyond chance in any outcome. {answer}"
    return answer


UNANSWERED = (
    "What the file compares to answer its question cannot be told here: a quick run left a setting out, or too few "
    "worlds are known."
)


def contrast_sentence(tables: Tables, wanted: OutcomeVariable) -> str:
    """The comparison that answers the question: the difference with its interval, or how many worlds would tell."""
    rows = _rows(tables, "answer", wanted)
    if rows is None:
        return ""
    last = rows.iloc[-1]
    told, within = float(last["low"]) > 0 or float(last["high"]) < 0, wanted.in_a_sentence
    pairs = [row for _, row in rows[rows["kind"] == "pair"].iterrows()]
    if float(last["low"]) == float(last["high"]) == 0:
        return f"No difference in {within} in any world. Compared: {'; '.join(map(_compared, pairs))}."
    if last["kind"] == "pair" and not told:
        found = _gained(last, wanted, _compared(last))
        return f"No difference in {within} beyond chance: {found}{_would_tell(last)}."
    changes = [f"by {_effect(row, wanted)}{_unsure(row)}: {_compared(row)}" for row in pairs]
    verb = "change" if wanted.unit == "number" else "changes"
    head = f"{upper(within)} {verb} {'; and '.join(changes)}."
    if last["kind"] == "pair":
        return head
    if told:
        which = "lower" if float(last["difference"]) < 0 else "higher"
        return f"{head} The second change is {which} than the first beyond chance: {_effect(last, wanted)}."
    between = f"{_effect(last, wanted)}{_would_tell(last)}"
    return f"No difference between the two changes beyond chance. {head} The second less the first: {between}."


def _unsure(row: pd.Series) -> str:
    """What is said of a change that may be chance."""
    return "" if float(row["low"]) > 0 or float(row["high"]) < 0 else ", not told from chance"


def _effect(row: pd.Series, wanted: OutcomeVariable) -> str:
    """A difference with its unit and interval."""
    return f"{gain_words(wanted)(float(row['difference']))}{_unit(wanted)} (95{GAP}%: {_span(row, wanted)})"


def _compared(row: pd.Series) -> str:
    """What a pair of sides compares, and over what it is averaged."""
    return f"{row['contrast']}{', on average over the settings of the others' if row['settings'] > 1 else ''}"


def _would_tell(row: pd.Series) -> str:
    """How many worlds, or draws, would tell a difference of this size from chance; '' where it is told."""
    needed = float(row["needed"])
    if needed != needed:
        return ""
    where = "worlds at each point" if row["each"] == "world" else "draws"
    many = f"about {needed:,.0f} {where} would tell" if needed <= MOST_NEEDED else f"far more {where} would be needed"
    return f", which {int(row['sample']):,} cannot tell; {many}"


def answer_to(tables: Tables, wanted: OutcomeVariable, design: str) -> str:
    """What the design tells of an outcome in a sentence, with intervals; its form depends on the design."""
    best = _rows(tables, "best", wanted)
    makers: dict[str, Callable[[pd.DataFrame, OutcomeVariable], str]] = {
        "attribution": _attribution,
        "levers": lambda rows, wanted: _levers(rows, wanted, best),
        "sensitivity": _sensitivity,
        "effects": _effects,
    }
    for name, sentence in makers.items():
        rows = _rows(tables, name, wanted)
        if rows is not None:
            return sentence(rows, wanted)
    rows = _rows(tables, "differences", wanted)
    if rows is not None and design == "one_at_a_time":
        return _differences(rows, wanted, best)
    return _points(tables["points"], wanted)


def tells(tables: Tables, wanted: OutcomeVariable) -> bool | None:
    """Whether anything in an outcome differs beyond chance; None where no row could tell."""
    best = _rows(tables, "best", wanted)
    if best is not None:
        return bool(((best["low"] > 0) | (best["high"] < 0)).any())
    for name in ("attribution", "sensitivity", "effects", "differences"):
        rows = _rows(tables, name, wanted)
        if rows is not None and "stands_out" in rows:
            return bool(rows["stands_out"].fillna(False).astype(bool).any())
        if rows is not None and name != "sensitivity":
            return bool(((rows["low"] > 0) | (rows["high"] < 0)).any())
    return None


def leading(tables: Tables, outcomes: Sequence[OutcomeVariable], asked: Asked) -> OutcomeVariable:
    """The outcome that answers: that of `answer:`, else the first in which something differs beyond chance."""
    for wanted in outcomes:
        if wanted.name == asked.get("outcome"):
            return wanted
    return next((wanted for wanted in outcomes if tells(tables, wanted)), outcomes[0])


def outcome_table(tables: Tables, wanted: OutcomeVariable, most: int = MOST_ROWS) -> Table | None:
    """The rows behind the sentence, `most` at most; None when there are none."""
    for name, columns in COLUMNS.items():
        rows = _rows(tables, name, wanted)
        if rows is not None:
            whole = len(rows)
            if name == "effects" and whole > most:
                rows = rows[rows["kind"] != "step"]
            present = [column for column in columns if column in rows and rows[column].notna().any()]
            shares = "in_all" in present
            ranks = "correlation" in present
            cells = [
                [_own_cell(column, row, wanted, shares, ranks) for column in present]
                for _, row in rows.head(most).iterrows()
            ]
            heads = [HEADS.get(column, column) for column in present]
            here = f", {len(cells):,} of them here" if len(cells) < whole else ""
            right = frozenset(k for k, column in enumerate(present) if k and column != "kind")
            note = f". {upper(EXCHANGED)}" if name == "attribution" else ""
            return Table(f"{wanted.words}: {whole:,} rows{here}{note}", heads, cells, right)
    return None


def _rows(tables: Tables, name: str, wanted: OutcomeVariable) -> pd.DataFrame | None:
    table = tables.get(name)
    if table is None or "outcome" not in table:
        return None
    rows = table[table["outcome"] == wanted.name]
    return rows if len(rows) else None


def _own_cell(column: str, row: pd.Series, wanted: OutcomeVariable, shared: bool, ranks: bool) -> str:
    """A cell as text; without figures where nothing can be told: no world differs, or draws are like chance."""
    if column in ("low", "high") and (row.get("moved", 1) == 0 or row.get("inert", 0) == 1):
        return "no world differs" if column == "low" else ""
    if column in ("draw_05", "draw_95") and not row.get("told_apart", True):
        return "not told apart from chance" if column == "draw_05" else ""
    return _cell(column, row[column], wanted, shared, ranks)


def _cell(column: str, value: object, wanted: OutcomeVariable, shared: bool, ranks: bool) -> str:
    """A cell as text; `shared`: all columns of this table are shares; `ranks`: correlations."""
    if isinstance(value, str):
        if column in ("from", "to"):
            return setting_words(value)
        return KINDS.get(value, value) if column == "kind" else value
    number = float(value)  # type: ignore[arg-type]
    if number != number:
        return ""
    if column in SHARES or shared:
        return whole_percent(number)
    if ranks:
        return f"{number:.2f}"
    if column == "needed":
        return f"{number:,.0f}" if number <= MOST_NEEDED else f"over {MOST_NEEDED:,}"
    return gain_words(wanted)(number)


def gain_words(wanted: OutcomeVariable) -> Callable[[float], str]:
    """Formats a difference in the outcome; shares in percentage points."""
    return signed_points if wanted.is_share else signed_days


def _unit(wanted: OutcomeVariable) -> str:
    return {"days": " days", "share": " percentage points"}.get(wanted.unit, "")


def _span(row: pd.Series, wanted: OutcomeVariable, low: str = "low", high: str = "high") -> str:
    return span_words(Interval(0, float(row[low]), float(row[high])), gain_words(wanted))


def _gained(row: pd.Series, wanted: OutcomeVariable, who: str, value: str = "difference") -> str:
    if row.get("moved", 1) == 0:
        return f"{who}, no world differs"
    low, high = ("whole_low", "whole_high") if value == "whole" else ("low", "high")
    span = _span(row, wanted, low, high)
    return f"{who}, {gain_words(wanted)(float(row[value]))}{_unit(wanted)} (95{GAP}%: {span})"


def _levers(rows: pd.DataFrame, wanted: OutcomeVariable, best: pd.DataFrame | None = None) -> str:
    """How many raise and how many lower the outcome at more draws, and the best and worst, allowing for the choice."""
    above = rows["share_above_low"] > rows["share_below_high"]
    below = rows["share_below_low"] > rows["share_above_high"]
    one_by_one = "taken one by one, " if len(rows) > 1 else ""
    text = f"Over {int(rows['draws'].max()):,} draws of the uncertain numbers, {one_by_one}"
    text += _counted(above, below, wanted)
    chosen = {str(row["which"]): row for _, row in best.iterrows()} if best is not None else {}
    for which, most, some in (("best", "most is gained", above), ("worst", "most is lost", below)):
        one = chosen.get(which)
        if one is not None and some.any() and _is_told(one):
            own = rows[rows["label"] == one["label"]].iloc[0]
            share = whole_percent(float(own["share_above" if which == "best" else "share_below"]))
            among = f", chosen among {int(one['among'])}" if one["among"] > 1 else ""
            spread = f"90{GAP}% of draws: {_span(own, wanted, 'draw_05', 'draw_95')}"
            spread = spread if own["told_apart"] else "draws are not told apart from chance"
            more = "more" if which == "best" else "less"
            gain = f"{gain_words(wanted)(float(one['difference']))}{_unit(wanted)}"
            text += (
                f"; {most} with {one['label']}, {gain} on average "
                f"(95{GAP}%{among}: {_span(one, wanted)}; {spread}; {more} in {share} of draws){_tied(one)}"
            )
    if not (any(_is_told(one) for one in chosen.values()) if chosen else (above | below).any()):
        largest = rows.iloc[int(rows["difference"].abs().to_numpy().argmax())]
        text += "; on average none differs beyond chance" if len(rows) > 1 else ""
        text += f"; the largest difference is {_largest(largest, wanted, chosen)}"
        text += "" if float(largest["difference"]) else " in any world"
    return f"{text}."


def _is_told(chosen: pd.Series) -> bool:
    """Whether the best or the worst of many differs beyond chance, the choice allowed for."""
    return bool(chosen["low"] > 0 or chosen["high"] < 0)


def _largest(row: pd.Series, wanted: OutcomeVariable, chosen: Mapping[str, pd.Series]) -> str:
    """The largest of many differences, with the interval that allows for the choice where it is known."""
    own = [one for one in chosen.values() if one["label"] == row["label"] and one["among"] > 1]
    if not own or row.get("moved", 1) == 0:
        return _gained(row, wanted, str(row["label"]))
    return _with_choice(own[0], wanted)


def _with_choice(one: pd.Series, wanted: OutcomeVariable) -> str:
    gained = f"{one['label']}, {gain_words(wanted)(float(one['difference']))}{_unit(wanted)}"
    return f"{gained} (95{GAP}%, chosen among {int(one['among'])}: {_span(one, wanted)})"


MOST_TIES = 3
"""Ties that a sentence names; of more, it gives the number."""


def ties_words(ties: Sequence[str]) -> str:
    """What is not told apart from a best or worst; '' for nothing."""
    if not ties:
        return ""
    names = [tie.removeprefix("with ") for tie in ties]
    named = listed(names) if len(ties) <= MOST_TIES else f"{len(ties)} others"
    return f", a tie with {named} (not told apart)"


def _tied(best: pd.Series) -> str:
    return ties_words(json.loads(str(best["ties"]))) if "ties" in best else ""


def _counted(above: pd.Series, below: pd.Series, wanted: OutcomeVariable, still: int = 0) -> str:
    """How many of a number of changes raise the outcome, lower it, or cannot be told; `still` change no world."""
    up, down, unclear = int(above.sum()), int(below.sum()), int((~above & ~below).sum()) - still
    parts = [f"{up:,} raise{'s' * (up == 1)}"] if up else []
    parts += [f"{down:,} lower{'s' * (down == 1)}"] if down else []
    if not parts:
        return (
            f"for none of {len(above):,} can it be told from chance whether it raises or lowers {wanted.in_a_sentence}"
        )
    rest = f"; for {unclear:,} it cannot be told from chance" if unclear else ""
    rest += f"; {still:,} change{'s' * (still == 1)} no world" if still else ""
    return f"of {len(above):,} changes, each judged by itself, {' and '.join(parts)} {wanted.in_a_sentence}{rest}"


def _attribution(rows: pd.DataFrame, wanted: OutcomeVariable) -> str:
    whole = _gained(rows.iloc[0], wanted, "all parts together", "whole")
    told = rows[(rows["low"] > 0) | (rows["high"] < 0)]
    text = f"The difference in {wanted.in_a_sentence}: {whole}"
    if not len(told):
        return f"{text}; no part of it can be told from chance."
    parts = "; ".join(_gained(row, wanted, str(row["part"]), "contribution") for _, row in told.head(3).iterrows())
    return f"{text}. Of it, on average over all orders of exchange: {parts}."


def stands_out_words(rows: pd.DataFrame, wanted: OutcomeVariable) -> str:
    """Which numbers stand out of a ranking by correlation, and how many of these may do so by chance."""
    told, inert = rows[rows["stands_out"].astype(bool)], int(rows["inert"].iloc[0])
    left_out = f" {inert:,} that change no world are left out." if inert else ""
    rate = whole_percent(float(rows["rate"].iloc[0]))
    if not len(told):
        return f"None of {len(rows):,} numbers stands out in {wanted.in_a_sentence} beyond chance.{left_out}"
    named = ", ".join(
        f"{row['factor']} ({signed_number(float(row['correlation']), 2)})" for _, row in told.head(4).iterrows()
    )
    more = f" and {len(told) - 4:,} more" if len(told) > 4 else ""
    return (
        f"{len(told):,} of {len(rows):,} numbers stand out in {wanted.in_a_sentence} (at most {rate} of these by "
        f"chance): {named}{more}.{left_out}"
    )


def _sensitivity(rows: pd.DataFrame, wanted: OutcomeVariable) -> str:
    best = rows.iloc[0]
    if "effect" in rows and rows["effect"].notna().any():
        size = gain_words(wanted)(float(best["effect"])).lstrip("+")
        span = span_words(
            Interval(0, float(best["low"]), float(best["high"])), lambda v: gain_words(wanted)(v).lstrip("+")
        )
        clear = int((rows["low"] > rows["by_chance"]).sum())
        if not rows["effect"].any():
            return f"No factor changes {wanted.in_a_sentence} in any world."
        if not clear:
            return (
                f"With so many worlds, no factor's effect on {wanted.in_a_sentence} can be told from chance; the "
                f"largest is that of {best['factor']}, {size}{_unit(wanted)} (95{GAP}%: {span})."
            )
        return (
            f"{best['factor']} has the largest effect: over its whole range it changes {wanted.in_a_sentence} by "
            f"{size}{_unit(wanted)} on average (95{GAP}%: {span}); {clear} of {len(rows):,} factors can be "
            "distinguished from one without effect."
        )
    if "in_all" in rows and rows["in_all"].notna().any():
        total, low, high, alone = (  # estimates may lie outside what a share can be
            min(1.0, max(0.0, float(best[name]))) for name in ("in_all", "in_all_low", "in_all_high", "alone")
        )
        span = span_words(Interval(total, low, high), whole_percent)
        text = f"The largest share of the variance of {wanted.words} is due to {best['factor']}"
        return f"{text}: {whole_percent(total)} with interactions (95{GAP}%: {span}), {whole_percent(alone)} alone."
    return stands_out_words(rows, wanted)


def _effects(rows: pd.DataFrame, wanted: OutcomeVariable) -> str:
    """The main effects of a grid, the last steps that add more than chance, and what factors add to each other."""
    texts = []
    for _, main in rows[rows["kind"] == "main"].iterrows():
        who = f"{main['factor']}, from {setting_words(main['from'])} to {setting_words(main['to'])}"
        texts.append(_told(main, wanted, who) + _last_step(rows[rows["factor"] == main["factor"]], wanted))
    for _, both in rows[rows["kind"] == "both"].iterrows():
        who = f"{both['factor']} together, beyond what each does alone"
        texts.append(_told(both, wanted, who))
    return f"Change in {wanted.in_a_sentence}: {'; '.join(texts)}."


def _told(row: pd.Series, wanted: OutcomeVariable, who: str) -> str:
    """An effect with its interval, or that it cannot be told from chance, and how many worlds would do."""
    found = _gained(row, wanted, who)
    if float(row["low"]) > 0 or float(row["high"]) < 0:
        return found
    if float(row["low"]) == float(row["high"]) == 0:
        return f"{who}: none in any world"
    needed = float(row["needed"])
    would = f"about {needed:,.0f} would do" if needed <= MOST_NEEDED else "far more would be needed"
    return f"{found}, which cannot be told from chance with {int(row['worlds']):,} worlds a point; {would}"


def _last_step(rows: pd.DataFrame, wanted: OutcomeVariable) -> str:
    """The last step of a number that changes the outcome by more than chance; '' where it has no steps."""
    steps = rows[rows["kind"] == "step"]
    if not len(steps):
        return ""
    told = steps[(steps["low"] > 0) | (steps["high"] < 0)]
    if not len(told):
        return "; no single step of it can be told from chance"
    last = told.iloc[-1]
    ends = f"from {setting_words(last['from'])} to {setting_words(last['to'])}"
    return f"; the last step told from chance is {ends}, {_effect(last, wanted)}"


def setting_words(value: str) -> str:
    """A setting of a factor for readers: a number to three decimals, or three digits where it is small."""
    try:
        number = float(str(value).replace(",", ""))
    except ValueError:
        return str(value)
    return f"{number:.3g}" if abs(number) < 0.01 else f"{number:,.3f}".rstrip("0").rstrip(".")


def _differences(rows: pd.DataFrame, wanted: OutcomeVariable, best: pd.DataFrame | None = None) -> str:
    """How many changes raise and lower the outcome, and the best and the worst, allowing for the choice."""
    ranked = rows.sort_values("difference", ascending=False, kind="stable")
    above, below = ranked["low"] > 0, ranked["high"] < 0
    still = int((ranked["moved"] == 0).sum()) if "moved" in ranked else 0
    counted = _counted(above, below, wanted, still)
    text = f"Taken one by one, {counted}" if len(rows) > 1 else f"{counted[:1].upper()}{counted[1:]}"
    chosen = {str(row["which"]): row for _, row in best.iterrows()} if best is not None else {}
    ends = {"best": ranked.iloc[0], "worst": ranked.iloc[-1]}
    told = {which: _is_told(chosen.get(which, row)) for which, row in ends.items()}
    if told["best"] and float(ends["best"]["difference"]) > 0:
        text += f"; most is gained with {_chosen(ends['best'], wanted, chosen.get('best'))}"
    if told["worst"] and float(ends["worst"]["difference"]) < 0:
        text += f"; most is lost with {_chosen(ends['worst'], wanted, chosen.get('worst'))}"
    if not any(told.values()):
        largest = rows.iloc[int(rows["difference"].abs().to_numpy().argmax())]
        text += f"; the largest difference is {_largest(largest, wanted, chosen)}"
    return f"{text}."


def _chosen(row: pd.Series, wanted: OutcomeVariable, one: pd.Series | None) -> str:
    """A change that was chosen for its size, with an interval that allows for that where it is known."""
    if one is None or one["among"] < 2 or one["label"] != row["label"]:
        return _gained(row, wanted, str(row["label"]))
    return _with_choice(one, wanted) + _tied(one)


def _points(points: pd.DataFrame, wanted: OutcomeVariable) -> str:
    """The highest and the lowest value over the points."""
    known = points[points[wanted.name].notna()].sort_values(wanted.name, kind="stable")
    if not len(known):
        return "Every point failed: there is no answer."
    shown = whole_percent if wanted.is_share else days
    if known[wanted.name].nunique() == 1:
        one = known.iloc[0]
        span = Interval(0, float(one[f"{wanted.name}_low"]), float(one[f"{wanted.name}_high"]))
        only = f"{shown(float(one[wanted.name]))} (95{GAP}%: {span_words(span, shown)})"
        return f"{upper(wanted.in_a_sentence)} is the same at every point: {only}."
    ends = []
    for row in (known.iloc[-1], known.iloc[0]):
        span = Interval(0, float(row[f"{wanted.name}_low"]), float(row[f"{wanted.name}_high"]))
        where = str(row["label"])
        ends.append(f"{shown(float(row[wanted.name]))} (95 %: {span_words(span, shown)}) with {where}")
    return f"{upper(wanted.in_a_sentence)} is highest, {ends[0]}, and lowest, {ends[1]}."
