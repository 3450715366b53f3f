"""The rows of a ratio check as one SVG: what the printed numbers allow, and what is printed.

The labels are page text, so matplotlib never sees them: it is given stand-ins, which the escaped
texts replace.  Colours are stand-ins too, for the style sheet's, which follow light and dark.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from pipeline.listing import Locale
from pipeline.publish.outputs.report.lines import make_inert
from pipeline.publish.outputs.report.numbers import STATUSES, Compared, Offset, print_number

MOST_ROWS = 40
_LABEL = 30  # characters of usual width
_WIDTH, _ROW, _FOOT, _LEFT = 7.4, 0.3, 0.86, 0.31  # inches, and the labels' part of the width
_EDGE = 3  # units on each side, at least
_FARTHEST = 6
_TEXT, _GRID, _BAR = "#000101", "#000102", "#000103"
_MARKS = {"exact": ("o", "#000104"), "within_rounding": ("D", "#000105"),
          "inconsistent": ("X", "#000106")}  # fmt: skip
_COLOURS = {_TEXT: "--text", _GRID: "--line-strong", _BAR: "--bar", "#000104": "--ok",
            "#000105": "--near", "#000106": "--fail"}  # fmt: skip
_WORDS = {"exact": "exact", "within_rounding": "within rounding", "inconsistent": "inconsistent"}
_HEAD = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_STAND_IN = re.compile(r"label-([0-9]{4})-")
_SIZE = re.compile(r' (?:width|height)="[0-9.]+pt"')
_NOISE = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->|\n\s*|(?<=<g) id=\"[^\"]*\"", re.DOTALL)


class Plot(NamedTuple):
    """A drawing, and how many of the rows that could be drawn it shows."""

    svg: Markup
    drawn: int
    of: int
    is_cut: bool  # something lies beyond its axis


def choose_rows(rows: Sequence[Compared]) -> list[Compared]:
    """Return the rows to draw: all in page order, or of many the doubtful and the farthest first."""
    known = [row for row in rows if row.offset is not None]
    if len(known) <= MOST_ROWS:
        return known
    return sorted(known, key=lambda row: (STATUSES.index(row.status), -_far(row)))[:MOST_ROWS]


def draw_plot(
    name: str, rows: Sequence[Compared], labels: dict[str, str], locale: Locale
) -> Plot | None:
    """Return the plot of the check called `name`; None if no row can be drawn."""
    chosen = choose_rows(rows)
    if not chosen:
        return None
    import matplotlib.style
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    own = {"svg.hashsalt": name, "svg.fonttype": "none", "font.size": 9.5, "text.color": _TEXT,
           "axes.labelcolor": _TEXT, "xtick.color": _TEXT, "text.parse_math": False,
           "path.simplify": False}  # fmt: skip
    file = io.StringIO()
    with matplotlib.style.context(["default", own]):
        height = _ROW * len(chosen) + _FOOT
        figure = Figure(figsize=(_WIDTH, height))
        FigureCanvasSVG(figure)
        axes = figure.add_axes(
            (_LEFT, (_FOOT - 0.06) / height, 0.98 - _LEFT, _ROW * len(chosen) / height)
        )
        texts = _draw_rows(axes, [(row, labels[row.row_id]) for row in chosen], name, locale)
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    svg = _dress(file.getvalue(), name, texts)
    known = sum(row.offset is not None for row in rows)
    is_cut = any(_reach(row.offset) > _FARTHEST for row in chosen if row.offset)
    return Plot(Markup(svg), len(chosen), known, is_cut)  # noqa: S704 - the labels are escaped


def _far(row: Compared) -> float:
    return abs(row.offset.printed) if row.offset else 0.0


def _draw_rows(
    axes: Any, rows: Sequence[tuple[Compared, str]], name: str, locale: Locale
) -> list[str]:
    """Draw the rows with their labels; return the texts that its stand-ins stand for."""
    texts: list[str] = []

    def write(x: float, y: int, text: str, **more: Any) -> None:
        axes.text(x, y, f"label-{len(texts):04d}-", va="center", zorder=5, **more)
        texts.append(text)

    offsets = [row.offset for row, _ in rows if row.offset]
    edge = min(max(_EDGE, *(math.ceil(_reach(offset)) for offset in offsets)), _FARTHEST)
    axes.set_xlim(-edge - 0.4, edge + 0.4)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    ticks = range(-edge, edge + 1)
    axes.set_xticks(ticks, [_sign(tick, locale, 0) for tick in ticks])
    axes.set_yticks([])
    axes.set_xlabel(f"from the computed {name}, in units of the printed last digit")
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.grid(axis="x", color=_GRID, linewidth=0.4)
    axes.axvline(0, color=_TEXT, linewidth=0.9, zorder=1.5)
    for at, ((row, label), offset) in enumerate(zip(rows, offsets, strict=True)):
        marker, colour = _MARKS[row.status]
        for end, arrow in ((offset.low, "<"), (offset.high, ">")):
            if abs(end) > edge:
                side = math.copysign(edge + 0.25, end)
                axes.plot([side], [at], arrow, color=_TEXT, markersize=5, zorder=3.5)
        low, high = max(offset.low, -2 * edge), min(offset.high, 2 * edge)
        axes.barh(at, high - low, left=low, height=0.5, color=_BAR, zorder=2)
        axes.plot([low, high], [at, at], "|", color=_TEXT, markersize=8, zorder=2.5)
        write(-0.02, at, _shorten(label), transform=axes.get_yaxis_transform(), ha="right")
        if abs(offset.printed) > edge:
            side = math.copysign(edge + 0.15, offset.printed)
            axes.plot([side], [at], ">" if side > 0 else "<", color=colour, markersize=8, zorder=4)
            write(side - math.copysign(0.25, side), at, _sign(offset.printed, locale, 1),
                  ha="right" if side > 0 else "left")  # fmt: skip
            continue
        axes.plot([offset.printed_low, offset.printed_high], [at, at], color=colour, linewidth=2,
                  zorder=3)  # fmt: skip
        axes.plot([offset.printed], [at], marker, color=colour, markersize=7.5, zorder=4)
    _explain(axes, {row.status for row, _ in rows})
    return texts


def _explain(axes: Any, statuses: set[str]) -> None:
    """Draw the legend."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [Patch(color=_BAR, label="allowed by the printed numbers")]
    handles += [
        Line2D([], [], color=colour, marker=marker, linewidth=2, markersize=7.5,
               label=f"printed: {_WORDS[status]}")
        for status, (marker, colour) in _MARKS.items() if status in statuses
    ]  # fmt: skip
    axes.figure.legend(handles=handles, loc="lower center", ncols=len(handles), frameon=False,
                       fontsize=8.5, handlelength=1.8, columnspacing=1.2, borderaxespad=0.2)  # fmt: skip


def _reach(offset: Offset) -> float:
    return max(map(abs, offset))


def _sign(value: float, locale: Locale, digits: int) -> str:
    text = print_number(value, locale, digits)
    return f"+{text}" if value > 0 else text


def _dress(svg: str, name: str, texts: Sequence[str]) -> str:
    """Return the drawing as a part of the page: its colours variables, its texts the true ones."""
    svg = _NOISE.sub("", _HEAD.sub("", svg))
    svg = _SIZE.sub("", svg, count=2)
    svg = svg.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "").replace(
        "xlink:href", "href"
    )
    for stand_in, variable in _COLOURS.items():
        svg = svg.replace(stand_in, f"var({variable})")
    shown = [str(escape(make_inert(text))) for text in texts]
    svg = _STAND_IN.sub(lambda match: shown[int(match[1])], svg)
    said = (
        f'<title id="plot-{name}-title">The printed {name} of each row, beside what its numbers allow</title>'
        f'<desc id="plot-{name}-desc">The table above holds the same numbers.</desc>'
    )
    head, bracket, body = svg.partition(">")
    return f'{head} role="img" aria-labelledby="plot-{name}-title plot-{name}-desc"{bracket}{said}{body}'


def _shorten(label: str) -> str:
    width = 0
    for at, character in enumerate(label):
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width > _LABEL:
            return label[: at - 1] + "…"
    return label
