"""A font for the charts that has the letters of a language."""

from __future__ import annotations

from functools import cache
from pathlib import Path

ENGLISH = "en"
LATIN = "DejaVu Sans"
"""Comes with matplotlib."""
HANGUL = (
    *("Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "NanumBarunGothic", "NanumSquare", "Pretendard"),
    *("Source Han Sans KR", "Noto Sans CJK JP", "UnDotum", "Baekmuk Dotum", "Droid Sans Fallback"),
    *("Malgun Gothic", "Apple SD Gothic Neo", "AppleGothic"),
)
"""Fonts with Hangul, the usual ones of Linux distributions first, then those of Windows and macOS."""
FILES = ("NotoSansCJK-Regular", "NotoSansKR", "NanumGothic", "NanumBarunGothic", "malgun", "AppleSDGothicNeo")
"""How the files of such fonts are named."""


@cache
def fonts(language: str) -> list[str] | None:
    """Return the fonts to draw the language with, in order; None if no installed font has its letters."""
    if language != "ko":
        return [LATIN]
    found = _known() or _installed_since()
    return None if found is None else [LATIN, found]


def _known() -> str | None:
    """Return the first font that matplotlib knows of."""
    from matplotlib.font_manager import fontManager  # reads the names of all fonts, which English needs not

    installed = {font.name for font in fontManager.ttflist}
    return next((name for name in HANGUL if name in installed), None)


def _installed_since() -> str | None:
    """Add a font that was installed after matplotlib made its list of fonts, which it keeps."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    paths = sorted(findSystemFonts())
    path = next((path for name in FILES for path in paths if Path(path).stem.startswith(name)), None)
    if path is None:
        return None
    fontManager.addfont(path)
    return fontManager.ttflist[-1].name
