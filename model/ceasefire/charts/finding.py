"""What a figure shows, worded once: its title, the text below, and what pages say of it."""

from __future__ import annotations

from dataclasses import dataclass

LETTERS = 144
"""Most letters of a title of two lines."""

LONGEST_ALT = 149
HEAD = "Head"
"""What a PNG file calls the share of its height that title and text below take: a page has these as text."""


@dataclass(frozen=True)
class Finding:
    """`title` is the finding, the title of its figure; `rest` what else was found, and the statistic.

    `kind` is the kind of picture in a word or two.
    """

    title: str
    rest: str = ""
    kind: str = "Chart"

    @classmethod
    def of(cls, text: str, kind: str = "Chart") -> Finding:
        """The first sentence is the title: as many of its clauses as fit two lines, the first at least."""
        ends = _clause_ends(text)
        if not ends:
            return cls(text.strip(), "", kind)
        end = max([place for place in ends if place <= LETTERS], default=ends[0])
        rest = text[end + 1 :].strip()
        return cls(text[:end].strip(), rest[:1].upper() + rest[1:], kind)

    @property
    def alt(self) -> str:
        """For readers who cannot see the figure, in less than 150 letters: its kind, and the title."""
        whole = f"{self.kind}: {self.title}."
        if len(whole) <= LONGEST_ALT:
            return whole
        return self.title if len(self.title) <= LONGEST_ALT else _cut(self.title)


def _cut(text: str) -> str:
    """As much as an alternative text holds, up to a closed bracket: no chance loses its range; else words before it."""
    closed = [place + 1 for place in range(LONGEST_ALT - 2) if text[place] == ")" and _depth(text[: place + 1]) == 0]
    if closed:
        return f"{text[: closed[-1]]} …"
    words = text[: LONGEST_ALT - 2].rsplit(" ", 1)[0]
    while _depth(words) > 0:
        words = words[: words.rindex("(")].rstrip()
    return f"{words} …"


def _depth(text: str) -> int:
    """How many brackets are open at the end of a text."""
    return text.count("(") - text.count(")")


def _clause_ends(text: str) -> list[int]:
    """Where the clauses of the first sentence end, and where it does; not within brackets or quotes."""
    depth, quoted, ends = 0, False, []
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        quoted ^= letter == '"'
        over = text[place + 1 : place + 2] in ("", " ")
        if letter in ".;" and over and depth <= 0 and not quoted:
            ends.append(place)
            if letter == ".":
                break
    return ends
