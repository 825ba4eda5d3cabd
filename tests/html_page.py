"""A page as a reader with no eyes and no network would find it: headings, pictures, tables, addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = {"meta", "img", "link", "br", "hr", "input"}


@dataclass
class Element:
    """An element of a page: its name, its attributes, what is in it, and its words."""

    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All words within, spaces in order."""
        return " ".join(" ".join(self.pieces).split())

    def all(self, *names: str) -> list[Element]:
        """Every element within of these names, in order."""
        found = [child for child in self.children if not names or child.name in names]
        inner = {id(child): child.all(*names) for child in self.children}
        ordered: list[Element] = []
        for child in self.children:
            ordered += [child] if child in found else []
            ordered += inner[id(child)]
        return ordered


class Reader(HTMLParser):
    """Reads a page into elements; a tag that is not closed, or closed twice, is a fault."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("page", {})
        self.open = [self.root]
        self.feed(page)
        self.close()
        assert self.open == [self.root], f"not closed: {[element.name for element in self.open[1:]]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in EMPTY:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Close it."""
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        """Words belong to every element around them."""
        for element in self.open:
            element.pieces.append(data)


def read(page: str) -> Element:
    """The page as a tree. AssertionError when tags do not nest."""
    return Reader(page).root
