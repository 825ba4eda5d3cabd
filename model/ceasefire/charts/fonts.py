"""Fonts for scripts that the usual font lacks: those of the machine are used; what none can draw is told in a line."""

from __future__ import annotations

import unicodedata
import warnings
from contextlib import suppress
from functools import cache

from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.text import Text

from ceasefire.errors import MissingFontWarning

USUAL = "DejaVu Sans"
"""It comes with matplotlib, and holds Latin, Greek, Cyrillic, Arabic, Hebrew and more."""

SCRIPTS = {
    "CJK": ("Chinese characters", "fonts-noto-cjk"), "HIRAGANA": ("Japanese", "fonts-noto-cjk"),
    "KATAKANA": ("Japanese", "fonts-noto-cjk"), "HANGUL": ("Korean", "fonts-noto-cjk"),
    "BOPOMOFO": ("Chinese", "fonts-noto-cjk"), "symbols": ("symbols", "fonts-symbola"),
}  # fmt: skip
"""By the first word of a character's name: what readers call the script, and the Debian package with a font for it."""

OTHERS = "fonts-noto-core"

_found: list[str] = []
"""Families of the machine that were found for characters that the usual font lacks, in order."""

_said: set[str] = set()


def families() -> list[str]:
    """The families in which text is drawn: the first that has a character draws it."""
    return [USUAL, *_found]


def use_fonts_for(figure: Figure) -> None:
    """Give the texts of a figure a font for every character that one of the machine has.

    MissingFontWarning, once for each script, when none has it.
    """
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    lacking = {letter for text in texts for letter in text.get_text() if letter.isprintable()}
    lacking -= {letter for letter in lacking if letter.isascii()}
    lacking = _without(lacking, families())
    if lacking:
        lacking = _search(lacking)
    if _found:
        for text in texts:
            text.set_fontfamily(families())
    for script in sorted({script_of(letter) for letter in lacking} - _said):
        _said.add(script)
        words, package = SCRIPTS.get(script, (script.title(), OTHERS))
        warnings.warn(
            f"no font of this machine can draw {words}, and boxes stand for it in the figures; install one "
            f"(Debian and Ubuntu: apt install {package}; elsewhere: fonts.google.com/noto) and run it again",
            MissingFontWarning,
            stacklevel=2,
        )


def script_of(letter: str) -> str:
    """The script of a letter by the first word of its Unicode name; 'symbols' for what is no letter."""
    if unicodedata.category(letter)[0] not in "LM":
        return "symbols"
    return unicodedata.name(letter, "symbols").split("-")[0].split()[0]


@cache
def _path_of(family: str) -> str:
    return font_manager.findfont(FontProperties(family=[family]), fallback_to_default=False)


def _without(letters: set[str], names: list[str]) -> set[str]:
    """The letters that none of these families has."""
    left = set(letters)
    for name in names:
        font = get_font(_path_of(name))
        left = {letter for letter in left if not font.get_char_index(ord(letter))}
    return left


def _search(lacking: set[str]) -> set[str]:
    """Look through all fonts of the machine, also those that came after matplotlib's list; returns what none has."""
    listed = {font.fname for font in font_manager.fontManager.ttflist}
    for path in sorted(set(font_manager.findSystemFonts()) - listed):
        with suppress(Exception):  # a font that cannot be read is no font
            font_manager.fontManager.addfont(path)
    for font in sorted(font_manager.fontManager.ttflist, key=lambda font: (font.weight != 400, font.name, font.fname)):
        if not lacking:
            break
        with suppress(Exception):
            opened = get_font(font.fname)
            has = {letter for letter in lacking if opened.get_char_index(ord(letter))}
            if (
                has
                and font.style == "normal"
                and font.name not in families()
                and not font.name.startswith("Last Resort")
            ):
                _found.append(font.name)
                lacking = _without(lacking, [font.name])
    return lacking
