"""A report as one HTML page that needs nothing from elsewhere (pure)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from eval.estimates import Estimate
from eval.markup import Markup, tag
from eval.plots import confidence_histogram, dot_plot, reliability_curve
from eval.report import Figures, Report, Scored, setting
from eval.show import header

SHOWN = 5  # of the clauses that came, how many a miss shows
_CARDS = ("nDCG@10", "success@1", "answer accuracy", "citation precision", "refusal precision", "refusal recall")
_PLOTTED = ("nDCG@10", "answer accuracy")
_MEANING = {
    "nDCG@10": "how near the first ten clauses come to the best order, by their grades",
    "success@1": "the first clause answers",
    "RR": "one over the rank of the first clause that answers",
    "recall@5": "share of the clauses that answer among the first five",
    "recall@10": "share of the clauses that answer among the first ten",
    "judged@10": "share of the first ten clauses that were labelled at all; how far the labels reach",
    "answer accuracy": "answered, with what was expected",
    "citation precision": "of the clauses an answer rests on, the share that supports it; questions that were answered",
    "citation recall": "of the clauses that answer, those it rests on: all are wanted for lists and comparisons, "
    "one for the rest; questions that were answered",
    "refusal precision": "of the questions refused, the share that no clause answers",
    "refusal recall": "of the questions that no clause answers, the share refused",
    "AUROC, answerable": "chance that a question with an answer gets the higher confidence than one without",
    "AUROC, best clause right": "chance that a right best clause gets the higher confidence than a wrong one",
    "calibration error": "mean gap between confidence and share right; lower is better",
}
_INTERVALS = (
    "Over the questions with an answer in the corpus. Brackets hold 95 % bootstrap intervals over questions; "
    "they are too narrow where questions are few or all score the same."
)
_GRADES = {0: "not relevant", 1: "related", 2: "supports", 3: "answers"}
_STYLE = """
:root{color-scheme:light dark;--ink:#1c2330;--faint:#5b6474;--paper:#fff;--card:#f4f6f9;--line:#d9dee6;
--mark:#1763b5;--other:#b4531a;--good:#1f7a3d}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ef;--faint:#a3acba;--paper:#14171c;--card:#1e232b;--line:#363d49;
--mark:#6cb0f5;--other:#f0a064;--good:#6fce8c}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:68rem;padding:1rem clamp(.75rem,3vw,2rem) 4rem;background:var(--paper);color:var(--ink);
font:1rem/1.5 system-ui,sans-serif;overflow-wrap:break-word}
h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0}
h2{font-size:1.2rem;margin:2.5rem 0 .75rem}
h3{font-size:1rem;margin:1.5rem 0 .5rem}
p{margin:.25rem 0}
.faint,figcaption,.note{color:var(--faint);font-size:.875rem}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:.75rem;margin-top:1.5rem}
.card{background:var(--card);border-radius:.5rem;padding:.75rem}
.card b{display:block;font-size:1.6rem;line-height:1.3;font-variant-numeric:tabular-nums}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1.5rem 2rem}
figure{margin:0}
figcaption{margin-bottom:.25rem}
.narrow table{max-width:44rem}
svg{display:block;width:100%;max-width:30rem;height:auto;font-size:11.5px;overflow:visible}
svg .label{fill:var(--ink)}
svg .faint{fill:var(--faint);font-size:10.5px}
svg .grid{stroke:var(--line)}
svg .axis{stroke:var(--faint)}
svg .ideal{stroke:var(--faint);stroke-dasharray:4 4}
svg .interval{stroke:var(--mark);stroke-width:2;opacity:.55}
svg .curve{stroke:var(--mark);stroke-width:1.5;fill:none}
svg .dot,svg .bar{fill:var(--mark)}
svg .other{fill:var(--other)}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .9rem .35rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th{font-weight:600}
tr:first-child th{vertical-align:bottom}
td.figure{white-space:nowrap}
td small{color:var(--faint)}
th small{display:block;color:var(--faint);font-weight:400}
details{border-bottom:1px solid var(--line);padding:.6rem 0}
summary{cursor:pointer}
summary .faint{margin-left:.25rem}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1rem 2rem;padding:.75rem 0}
.sides h4{margin:0 0 .25rem;font-size:.875rem;color:var(--faint);font-weight:600}
blockquote{margin:.25rem 0 .75rem;padding-left:.75rem;border-left:3px solid var(--line)}
ol{margin:.5rem 0;padding-left:1.5rem}
.g3,.g2{color:var(--good)}
.g0,.g1{color:var(--faint)}
@media (max-width:30rem){td.figure small{display:block}}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.8rem;background:var(--card);padding:.75rem;border-radius:.5rem}
"""


def page(report: Report) -> str:
    """The whole page."""
    part = report.made_with["split"]
    title = f"clauseqa: evaluation over {'all parts' if part == 'all' else f'the {part} part'}"
    body = tag(
        "body",
        tag("h1", title),
        *(tag("p", line, class_="faint") for line in header(report.made_with)),
        _cards(report.overall),
        tag("h2", "Rankings compared"),
        _note(_INTERVALS),
        _figures(report.systems),
        tag("h2", "The service"),
        _meanings(report.overall),
        *_plots("By type", report.by_type),
        *_plots("By style", report.by_style),
        *_calibration(report),
        *_misses(report.misses, len(report.questions)),
        tag("h2", "Made with"),
        tag("pre", json.dumps(report.made_with, indent=1, ensure_ascii=False)),
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Markup(_STYLE)),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _cards(figures: Figures) -> Markup:
    cards = (
        tag(
            "div",
            name,
            tag("b", f"{figures[name].value:.3f}"),
            tag("span", _interval(figures[name]), class_="faint"),
            class_="card",
        )
        for name in _CARDS
        if name in figures
    )
    return tag("div", *cards, class_="cards")


def _figures(groups: Mapping[str, Figures]) -> Markup:
    """A row for each group, a column for each measure."""
    measures = list(dict.fromkeys(m for figures in groups.values() for m in figures))
    rows = ([tag("th", name), *(_cell(figures.get(m)) for m in measures)] for name, figures in groups.items())
    return _table(["", *measures], rows)


def _meanings(figures: Figures) -> Markup:
    rows = (
        [tag("th", name, tag("small", _MEANING.get(name, ""))), _cell(figure), tag("td", str(figure.n))]
        for name, figure in figures.items()
    )
    return tag("div", _table(["measure", "figure", "n"], rows), class_="narrow")


def _plots(title: str, groups: Mapping[str, Figures]) -> Iterable[Markup]:
    yield tag("h2", title)
    drawn = []
    for measure in _PLOTTED:
        rows = {name: figures[measure] for name, figures in groups.items() if measure in figures}
        ordered = dict(sorted(rows.items(), key=lambda row: -row[1].value))
        if ordered:
            drawn.append(_figure(measure, dot_plot(ordered, f"{title}: {measure} with 95 % intervals")))
    yield tag("div", *drawn, class_="plots")
    yield tag("details", tag("summary", "All measures"), _figures(groups))


def _calibration(report: Report) -> Iterable[Markup]:
    confidences = {
        answerable: [q.confidence for q in report.questions if q.answerable == answerable]
        for answerable in (True, False)
    }
    threshold = setting(report.made_with, "THRESHOLD")
    yield tag("h2", "Confidence")
    yield tag(
        "div",
        _figure(
            "Share of best clauses that are right, by confidence; on the dashed line both are the same.",
            reliability_curve(report.reliability, "Reliability curve with counts"),
        ),
        _figure(
            "Questions by confidence.",
            confidence_histogram(confidences[True], confidences[False], threshold, "Histogram of the confidence"),
        ),
        class_="plots",
    )


def _misses(misses: Sequence[Scored], asked: int) -> Iterable[Markup]:
    yield tag("h2", f"Misses ({len(misses)} of {asked} questions)")
    for kind in dict.fromkeys(q.kind_of_miss for q in misses):
        missed = [q for q in misses if q.kind_of_miss == kind]
        yield tag("h3", f"{(kind or '').capitalize()} ({len(missed)})")
        yield from map(_miss, missed)


def _miss(q: Scored) -> Markup:
    asked = " → ".join((*q.after, q.question))
    about = f"{q.id}, {q.type}, {q.style}, confidence {q.confidence:.2f}"
    expected: list[Markup] = [tag("h4", "Expected")]
    if q.answerable:
        expected.append(tag("p", q.expected_answer))
        for clause in q.expected:
            expected += [tag("p", clause.reference, class_="faint"), tag("blockquote", clause.words)]
    else:
        expected.append(tag("p", "No answer: no clause of the corpus gives it."))
    came = [
        tag(
            "li",
            c.reference,
            " ",
            tag("span", _GRADES[c.grade], class_=f"g{c.grade}"),
            *(_support() if c.supports_answer else ()),
        )
        for c in q.came[:SHOWN]
    ]
    got = [tag("h4", "Came"), tag("p", q.text), tag("ol", *came)]
    sides = tag("div", tag("div", *expected), tag("div", *got), class_="sides")
    return tag("details", tag("summary", asked, tag("span", f" {about}", class_="faint")), sides)


def _support() -> tuple[Markup]:
    return (tag("span", ", cited for the answer", class_="faint"),)


def _figure(caption: str, drawing: Markup) -> Markup:
    return tag("figure", tag("figcaption", caption), drawing)


def _table(heads: Sequence[str], rows: Iterable[Sequence[Markup]]) -> Markup:
    top = tag("tr", *(tag("th", head) for head in heads))
    return tag("div", tag("table", top, *(tag("tr", *row) for row in rows)), class_="wide")


def _cell(figure: Estimate | None) -> Markup:
    if figure is None:
        return tag("td", "–")
    return tag("td", f"{figure.value:.3f} ", tag("small", _interval(figure)), class_="figure")


def _interval(figure: Estimate) -> str:
    return f"[{figure.low:.3f}, {figure.high:.3f}]"


def _note(text: str) -> Markup:
    return tag("p", text, class_="note")
