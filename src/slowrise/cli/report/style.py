"""The style of the charts, and the drawing of one by matplotlib. Import it only to draw.

Blue, orange and grey (after Okabe and Ito) also differ in lightness, for colour-blind readers and grey paper. No colour
signals an alarm. In SVG the colours are CSS variables, so that one chart suits a light and a dark page.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import escape
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure, SubFigure

from slowrise.cli.report.fonts import ENGLISH, fonts
from slowrise.cli.views.i18n import current_language, in_language

Canvas = Figure | SubFigure

COLOURS: dict[str, str] = {
    "ink": "#1f2933",
    "faint": "#5f6b77",
    "line": "#d5dae0",
    "sitting": "#0072b2",
    "doubtful": "#86bcdc",
    "standing": "#e69f00",
    "away": "#eceff2",
    "unseen": "#9aa5b1",
    "page": "#fefefe",
}
"""Colours on paper, by name. All differ, because in SVG each value is replaced by the CSS variable of its name."""
DASHES = (0, (4, 3))

Draw = Callable[[Canvas], None]


def svg(draw: Draw, *, name: str, title: str, description: str, size: tuple[float, float]) -> str:
    """Return the chart as one SVG element. `name` makes its ids unique on the page."""
    text = render(draw, size, "svg").decode()
    body = text[text.index(">", text.index("<svg")) + 1 :].strip()
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'(\bid="|href="#|url\(#)', rf"\1{name}-", body)
    body = re.sub(r"font-family: [^;\"]*; ?", "", body)
    for colour, code in COLOURS.items():
        body = body.replace(code, f"var(--{colour})")
    width, height = (72 * inches for inches in size)
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-labelledby="{name}-title" aria-describedby="{name}-desc" '
        f'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>{body}'
    )


def render(draw: Draw, size: tuple[float, float], form: Literal["svg", "png"]) -> bytes:
    """Return the content of the file. The same numbers give the same bytes.

    Without a font that has the letters of the language, the words of the chart are English: boxes tell nothing.
    """
    language = current_language() if fonts(current_language()) else ENGLISH
    style: Any = {
        "font.size": 9,
        # By name: the default list makes matplotlib search a dozen fonts for each word, and only names fall back.
        "font.family": fonts(language),
        "svg.fonttype": "none",
        "svg.hashsalt": "slowrise",
        "text.color": COLOURS["ink"],
        "axes.edgecolor": COLOURS["line"],
        "axes.labelcolor": COLOURS["faint"],
        "axes.labelsize": 8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": COLOURS["faint"],
        "ytick.color": COLOURS["ink"],
        "legend.labelcolor": COLOURS["ink"],
        "hatch.linewidth": 0.6,
    }
    with mpl.rc_context(style), in_language(language):
        figure = Figure(figsize=size, layout="constrained", dpi=150)
        figure.patch.set_alpha(1.0 if form == "png" else 0.0)
        draw(figure)
        file = io.BytesIO()
        # `savefig` would draw the figure twice, the first time only for its layout.
        if form == "svg":
            FigureCanvasSVG(figure).print_svg(file, metadata={"Date": None})  # type: ignore[no-untyped-call]
        else:
            FigureCanvasAgg(figure).print_png(file)  # type: ignore[no-untyped-call]
    return file.getvalue()


def axes_of(canvas: Canvas) -> Axes:
    """Add axes that fill the canvas, and return them."""
    axes: Axes = canvas.subplots()
    return without_ticks(axes)


def without_ticks(axes: Axes) -> Axes:
    """Remove the tick marks and the background."""
    axes.patch.set_alpha(0.0)
    axes.tick_params(length=0)
    axes.set_axisbelow(True)
    return axes


def draw_grid(axes: Axes, which: Literal["x", "y"]) -> None:
    """Draw faint grid lines instead of the spine."""
    axes.grid(axis=which, color=COLOURS["line"], linewidth=0.6)
    axes.spines["bottom" if which == "x" else "left"].set_visible(False)


def label_point(axes: Axes, text: str, at: tuple[float, float], **how: Any) -> None:
    """Write text to the right of a point."""
    axes.annotate(text, at, xytext=(4, 0), textcoords="offset points", va="center", fontsize=8, **how)


def label_line(axes: Axes, text: str, height: float) -> None:
    """Write text after the right end of a horizontal line."""
    axes.annotate(
        text,
        (1, height),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        color=COLOURS["faint"],
    )
