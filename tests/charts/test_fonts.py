"""Scripts that the usual font lacks: a font of the machine draws them, or one line says what is missing."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import SMALL, Command
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]
from matplotlib import font_manager
from matplotlib.figure import Figure
from PIL import Image

from ceasefire.charts import fonts
from ceasefire.charts.style import house_style, save
from ceasefire.errors import MissingFontWarning


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No font found and nothing said so far; the fonts of the machine are those of matplotlib."""
    own = Path(font_manager.findfont("DejaVu Sans")).parent
    monkeypatch.setattr(fonts, "_found", [])
    monkeypatch.setattr(fonts, "_said", set())
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [])
    usual = [font for font in font_manager.fontManager.ttflist if Path(font.fname).parent == own]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", usual)
    yield
    font_manager.fontManager._findfont_cached.cache_clear()  # type: ignore[attr-defined]


def made_font(file: Path, letters: str) -> Path:
    """A font with a square for each of a few letters."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 900), (900, 900), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    names = [".notdef", *(f"u{ord(letter):04X}" for letter in letters)]
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(letter): f"u{ord(letter):04X}" for letter in letters})
    builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": "Made Up", "styleName": "Regular", "psName": "MadeUp-Regular"})
    builder.setupOS2(usWeightClass=400)
    builder.setupPost()
    builder.save(file)
    return file


@house_style()
def titled(title: str) -> Figure:
    figure = Figure()
    figure.suptitle(title)
    return figure


@pytest.mark.parametrize(
    ("title", "says", "package"),
    [
        ("停火 in the north", "Chinese characters", "fonts-noto-cjk"), ("휴전", "Korean", "fonts-noto-cjk"),
        ("ひらがな", "Japanese", "fonts-noto-cjk"), ("ተኩስ", "Ethiopic", "fonts-noto-core"),
        ("युद्धविराम", "Devanagari", "fonts-noto-core"), ("\U0001f54a", "symbols", "fonts-symbola"),
    ],
)  # fmt: skip
def test_what_no_font_can_draw_is_said_once_with_how_to_add_one(
    title: str, says: str, package: str, tmp_path: Path
) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for number in range(2):
            save(titled(title), tmp_path, f"figure-{number}")
    assert [warning.category for warning in told] == [MissingFontWarning]
    assert f"can draw {says}, and" in str(told[0].message)
    assert f"apt install {package};" in str(told[0].message)


@pytest.mark.parametrize("title", ["Żółć", "Перемирие", "وقف إطلاق النار", "הפסקת אש", "Ἀνακωχή", "5 °C → ½"])
def test_nothing_is_said_of_what_the_usual_font_has(title: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        save(titled(title), tmp_path, "figure")


def test_a_font_that_is_there_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        boxes = save(titled("停火"), tmp_path, "boxes")[1]
    font = made_font(tmp_path / "made-up.ttf", "停火")
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(font)])
    monkeypatch.setattr(fonts, "_said", set())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = save(titled("停火"), tmp_path, "drawn")[1]
    assert drawn.read_text() != boxes.read_text()
    assert "'DejaVu Sans', 'Made Up', Verdana, sans-serif" in drawn.read_text()
    with Image.open(drawn.with_suffix(".png")) as one, Image.open(tmp_path / "boxes.png") as other:
        assert one.tobytes() != other.tobytes()
    assert fonts.families() == ["DejaVu Sans", "Made Up"]


def test_the_command_prints_one_line_for_each_script(command: Command) -> None:
    text = SMALL.read_text(encoding="utf-8").replace("title: ", "title: 停火 ", 1).replace("two-sides", "chinese", 1)
    Path("chinese.yaml").write_text(text, encoding="utf-8")
    answer = command("run", "chinese.yaml", "--worlds", "20", "--days", "10")
    assert answer.code == 0, answer.err
    lines = [line for line in answer.err.splitlines() if "font" in line or "Glyph" in line or "Warning" in line]
    assert len(lines) == 1
    assert "Chinese characters" in lines[0]
