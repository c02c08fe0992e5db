"""Figures as SVG (pure). A drawing is 360 units wide, what a telephone shows, and takes its colours from the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.estimates import BINS, Bin, Estimate
from eval.markup import Markup, join, tag

_WIDTH = 360
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_ROW = 22  # height of a row of a dot plot
_LEFT, _RIGHT = 92, 262  # where the axis of a dot plot begins and ends
_SIDE, _TOP, _SQUARE = 40, 12, 230  # of a plot with two axes: margin left, margin above, height
_END = 346  # where its horizontal axis ends


def dot_plot(rows: Mapping[str, Estimate], title: str) -> Markup:
    """A row for each figure: its name, a dot with its interval on an axis from 0 to 1, the value and its n."""

    def x(value: float) -> float:
        return _LEFT + value * (_RIGHT - _LEFT)

    bottom = _TOP + _ROW * len(rows)
    drawn = [tag("line", x1=x(t), x2=x(t), y1=_TOP, y2=bottom, class_="grid") for t in _TICKS]
    drawn += [_text(f"{t:g}", x(t), bottom + 14, "middle", "faint") for t in _TICKS]
    for n, (name, figure) in enumerate(rows.items()):
        y = _TOP + _ROW * (n + 0.5)
        drawn += [
            _text(name, _LEFT - 10, y + 4, "end"),
            tag("line", x1=x(figure.low), x2=x(figure.high), y1=y, y2=y, class_="interval"),
            tag("circle", cx=x(figure.value), cy=y, r=4, class_="dot"),
            _text(f"{figure.value:.2f}", _RIGHT + 14, y + 4),
            _text(f"n = {figure.n}", _RIGHT + 48, y + 4, "start", "faint"),
        ]
    return _svg(bottom + 22, title, drawn)


def reliability_curve(bins: Sequence[Bin], title: str) -> Markup:
    """The share of best clauses that are right against the confidence, by bins, with intervals; below, their counts."""
    bars = 46
    drawn = _square("share right")
    drawn.append(tag("line", x1=_x(0), y1=_y(0), x2=_x(1), y2=_y(1), class_="ideal"))
    drawn += [
        tag(
            "line", x1=_x(b.confidence), x2=_x(b.confidence), y1=_y(b.right_low), y2=_y(b.right_high), class_="interval"
        )
        for b in bins
    ]
    if len(bins) > 1:
        path = "M" + " L".join(f"{_x(b.confidence):.1f} {_y(b.right):.1f}" for b in bins)
        drawn.append(tag("path", d=path, class_="curve"))
    drawn += [tag("circle", cx=_x(b.confidence), cy=_y(b.right), r=4, class_="dot") for b in bins]
    floor = _TOP + _SQUARE + 44 + bars
    most = max((b.n for b in bins), default=1)
    for b in bins:
        height = bars * b.n / most
        drawn.append(_bar(b.low, b.high, floor - height, height, "bar"))
        drawn.append(_text(str(b.n), (_x(b.low) + _x(b.high)) / 2, floor - height - 4, "middle", "faint"))
    drawn.append(tag("line", x1=_x(0), x2=_x(1), y1=floor, y2=floor, class_="axis"))
    drawn.append(_text("questions by confidence", _x(0.5), floor + 15, "middle", "faint"))
    return _svg(floor + 22, title, drawn)


def confidence_histogram(
    answerable: Sequence[float], unanswerable: Sequence[float], threshold: float | None, title: str
) -> Markup:
    """How many questions have which confidence: above the axis those with an answer, below it those without;
    ``threshold`` parts what is refused from what is answered."""
    above, below = _histogram(answerable), _histogram(unanswerable)
    unit = (_SQUARE - 40) / max(1, max(above) + max(below))
    axis = _TOP + 20 + unit * max(above)
    drawn = []
    for n, (up, down) in enumerate(zip(above, below, strict=True)):
        ends = n / BINS, (n + 1) / BINS
        middle = (_x(ends[0]) + _x(ends[1])) / 2
        if up:
            drawn.append(_bar(*ends, axis - up * unit, up * unit, "bar"))
            drawn.append(_text(str(up), middle, axis - up * unit - 4, "middle", "faint"))
        if down:
            drawn.append(_bar(*ends, axis, down * unit, "other"))
            drawn.append(_text(str(down), middle, axis + down * unit + 13, "middle", "faint"))
    floor = _TOP + _SQUARE + 14
    drawn.append(tag("line", x1=_x(0), x2=_x(1), y1=axis, y2=axis, class_="axis"))
    if threshold is not None:
        drawn.append(tag("line", x1=_x(threshold), x2=_x(threshold), y1=_TOP, y2=floor - 8, class_="ideal"))
        drawn.append(_text("refused", _x(threshold) - 6, _TOP + 8, "end", "faint"))
        drawn.append(_text("answered", _x(threshold) + 6, _TOP + 8, "start", "faint"))
    drawn += [_text(f"{t:g}", _x(t), floor + 6, "middle", "faint") for t in _TICKS]
    drawn.append(_text("confidence", _x(0.5), floor + 24, "middle", "faint"))
    key = floor + 46
    for x, name, kind in ((_x(0), "with an answer", "bar"), (_x(0.5), "without an answer", "other")):
        drawn.append(tag("rect", x=x, y=key - 9, width=10, height=10, class_=kind))
        drawn.append(_text(name, x + 16, key))
    return _svg(key + 8, title, drawn)


def _histogram(confidences: Sequence[float]) -> list[int]:
    counts = [0] * BINS
    for confidence in confidences:
        counts[min(int(confidence * BINS), BINS - 1)] += 1
    return counts


def _square(label: str) -> list[Markup]:
    """Grid, ticks and names of the axes, both from 0 to 1."""
    drawn = []
    for t in _TICKS:
        drawn += [
            tag("line", x1=_x(t), x2=_x(t), y1=_y(0), y2=_y(1), class_="grid"),
            tag("line", x1=_x(0), x2=_x(1), y1=_y(t), y2=_y(t), class_="grid"),
            _text(f"{t:g}", _x(t), _y(0) + 15, "middle", "faint"),
            _text(f"{t:g}", _x(0) - 7, _y(t) + 4, "end", "faint"),
        ]
    drawn.append(_text(label, _x(0) + 6, _y(1) + 13, "start", "faint"))
    return drawn


def _bar(low: float, high: float, y: float, height: float, kind: str) -> Markup:
    return tag("rect", x=_x(low) + 1, y=y, width=_x(high) - _x(low) - 2, height=height, class_=kind)


def _x(value: float) -> float:
    return _SIDE + value * (_END - _SIDE)


def _y(value: float) -> float:
    return _TOP + (1 - value) * _SQUARE


def _text(text: str, x: float, y: float, anchor: str = "start", kind: str = "label") -> Markup:
    return tag("text", text, x=x, y=y, text_anchor=anchor, class_=kind)


def _svg(height: float, title: str, drawn: Sequence[Markup]) -> Markup:
    return tag("svg", join(*drawn), viewBox=f"0 0 {_WIDTH} {height:.0f}", role="img", aria_label=title)
