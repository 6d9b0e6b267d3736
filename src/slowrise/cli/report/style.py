"""How the charts of the report are drawn, by matplotlib. In SVG the colours are CSS variables: it suits light and dark.

Blue, orange and grey differ in lightness too (after Okabe and Ito), so that they are told apart by colour-blind eyes
and on grey paper. No colour is an alarm. What a chart shows stands in a table beside it as well.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

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
"""By name, as on paper; in SVG each becomes the variable of its name. All differ: that is how they are found again."""
DASHES = (0, (4, 3))
NARROW = 5.0
"""Inches: what is narrower is for a phone."""

Draw = Callable[["Canvas"], None]


def svg(draw: Draw, *, name: str, title: str, description: str, inches: tuple[float, float]) -> str:
    """The chart as one SVG element with a title and a description, its names made unique by `name`."""
    text = rendered(draw, inches, "svg").decode()
    body = text[text.index(">", text.index("<svg")) + 1 :].strip()
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'(\bid="|href="#|url\(#)', rf"\1{name}-", body)
    body = re.sub(r"font-family: [^;\"]*; ?", "", body)
    for colour, code in COLOURS.items():
        body = body.replace(code, f"var(--{colour})")
    width, height = (72 * inch for inch in inches)
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-labelledby="{name}-title" aria-describedby="{name}-desc" '
        f'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>{body}'
    )


def rendered(draw: Draw, inches: tuple[float, float], form: Literal["svg", "png"]) -> bytes:
    """The file matplotlib makes of it; the same for the same numbers."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    style: Any = {
        "font.size": 9,
        # It would look for each of a dozen fonts for each word.
        "font.sans-serif": ["DejaVu Sans"],
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
    with mpl.rc_context(style):
        figure = Figure(figsize=inches, layout="constrained", dpi=150)
        figure.patch.set_alpha(1.0 if form == "png" else 0.0)
        draw(figure)
        made = io.BytesIO()
        # `savefig` would draw it once more, to have it laid out before it is drawn.
        if form == "svg":
            FigureCanvasSVG(figure).print_svg(made, metadata={"Date": None})  # type: ignore[no-untyped-call]
        else:
            FigureCanvasAgg(figure).print_png(made)  # type: ignore[no-untyped-call]
    return made.getvalue()


def is_narrow(canvas: Canvas) -> bool:
    """Whether it is for a phone."""
    return canvas.bbox.width / canvas.dpi < NARROW


def axes_of(canvas: Canvas) -> Axes:
    """The one pair of axes on it, without a ground of its own."""
    axes: Axes = canvas.subplots()
    return quiet(axes)


def quiet(axes: Axes) -> Axes:
    """Without ticks, and with its ground left to the page."""
    axes.patch.set_alpha(0.0)
    axes.tick_params(length=0)
    axes.set_axisbelow(True)
    return axes


def ruled(axes: Axes, which: Literal["x", "y"]) -> None:
    """Faint lines across in place of the spine."""
    axes.grid(axis=which, color=COLOURS["line"], linewidth=0.6)
    axes.spines["bottom" if which == "x" else "left"].set_visible(False)


def beside(axes: Axes, text: str, at: tuple[float, float], **how: Any) -> None:
    """A word a little to the right of a point."""
    axes.annotate(text, at, xytext=(4, 0), textcoords="offset points", va="center", fontsize=8, **how)


def at_end(axes: Axes, text: str, height: float) -> None:
    """A word behind the right end of a level line."""
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
