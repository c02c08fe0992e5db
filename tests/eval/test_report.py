"""``report.json`` reads back as it was; ``report.html`` shows everything, needs nothing and escapes all text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from eval.estimates import Estimate
from eval.markup import Markup, join, tag
from eval.metrics import Run
from eval.page import page
from eval.plots import confidence_histogram, dot_plot, reliability_curve
from eval.report import Came, Expected, Report, ReportError, Scored, read_report

VOID = {"meta"}


class Reader(HTMLParser):
    """Collects the text of a page and its elements, and checks that they are closed in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: set[str] = set()
        self.text = ""
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.open += [] if tag in VOID else [tag]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data if self.open[-1:] != ["style"] else ""


class TestJson:
    def test_it_reads_back_as_it_was(self, dev_run: tuple[Report, dict[str, Run]], dev_files: Path) -> None:
        assert read_report(dev_files) == dev_run[0]

    def test_it_is_json_to_everyone(self, dev_files: Path) -> None:
        def refuse(constant: str) -> None:
            raise AssertionError(constant)

        json.loads((dev_files / "report.json").read_text("utf-8"), parse_constant=refuse)

    def test_a_folder_without_one_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(ReportError, match=r"holds no report\.json; run: clauseqa eval run --out"):
            read_report(tmp_path)

    @pytest.mark.parametrize("content", ["", "[]", "{}", "null"])
    def test_something_else_is_said(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "report.json").write_text(content, "utf-8")
        with pytest.raises(ReportError, match="is not a report"):
            read_report(tmp_path)

    def test_another_format_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "report.json").write_text('{"format_version": 0}', "utf-8")
        with pytest.raises(ReportError, match="has format 0, this version reads 1"):
            read_report(tmp_path)

    def test_a_report_that_lost_something_is_said(self, dev_files: Path, tmp_path: Path) -> None:
        whole = json.loads((dev_files / "report.json").read_text("utf-8"))
        del whole["questions"][0]["scores"]
        (tmp_path / "report.json").write_text(json.dumps(whole), "utf-8")
        with pytest.raises(ReportError, match=r"is damaged .*scores"):
            read_report(tmp_path)


class TestPage:
    def test_it_needs_nothing_from_elsewhere_and_runs_nothing(self, dev_files: Path) -> None:
        source = (dev_files / "report.html").read_text("utf-8")
        assert {"script", "link", "img", "iframe", "a"}.isdisjoint(Reader(source).names)
        assert not re.search(r"https?:|url\(|@import|\son\w+=", source)

    def test_it_takes_dark_and_narrow_screens_into_account(self, dev_files: Path) -> None:
        source = (dev_files / "report.html").read_text("utf-8")
        assert "prefers-color-scheme:dark" in source
        assert "width=device-width" in source

    def test_it_shows_every_figure_with_its_interval(
        self, dev_run: tuple[Report, dict[str, Run]], dev_files: Path
    ) -> None:
        text = Reader((dev_files / "report.html").read_text("utf-8")).text
        for name, figure in dev_run[0].overall.items():
            assert name in text
            assert str(figure) in text

    def test_it_names_corpus_encoder_settings_code_and_labels(
        self, dev_run: tuple[Report, dict[str, Run]], dev_files: Path
    ) -> None:
        text, made = Reader((dev_files / "report.html").read_text("utf-8")).text, dev_run[0].made_with
        for name in (made["corpus_digest"], made["encoder"]["sha256"], made["labels"], made["code"], "DENSE_WEIGHT"):
            assert name in text

    def test_a_miss_shows_what_was_expected_and_what_came(
        self, report_of: Callable[..., Report], a_score: Callable[..., Scored]
    ) -> None:
        missed = a_score(
            right=False,
            after=("And who pays?",),
            expected=(Expected("a", "resolves 7", "the keeper keeps the lamps"),),
            came=(Came("x", "noting b)", 0, 0.9, True), Came("a", "resolves 7", 3, 0.5, False)),
            confidence=0.625,
        )
        text = Reader(page(report_of([missed]))).text
        before, _, rest = text.partition("And who pays? → Who keeps lamp q1?")
        assert before
        for expected in ("the keeper", "resolves 7", "the keeper keeps the lamps", "Nobody does.", "noting b)", "0.62"):
            assert expected in rest
        assert "cited for the answer" in rest

    def test_words_of_questions_and_answers_are_never_markup(
        self, report_of: Callable[..., Report], a_score: Callable[..., Scored]
    ) -> None:
        evil = "<script>alert('1')</script> & \"x\""
        missed = a_score(right=False, question=evil, text=evil, expected_answer=evil, type=evil)
        source = page(report_of([missed], code=evil))
        assert "script" not in Reader(source).names
        assert Reader(source).text.count(evil) >= 4

    def test_a_run_without_misses_or_unanswerable_questions_has_a_page_too(
        self, report_of: Callable[..., Report], a_score: Callable[..., Scored]
    ) -> None:
        assert "Misses (0 of 1 questions)" in Reader(page(report_of([a_score()]))).text


class TestMarkup:
    def test_text_is_escaped_and_markup_is_not(self) -> None:
        assert tag("p", "a < b", tag("b", "&")) == "<p>a &lt; b<b>&amp;</b></p>"
        assert join("<", Markup("<br/>")) == "&lt;<br/>"

    def test_attributes_are_escaped_named_as_html_has_them_and_short(self) -> None:
        assert tag("rect", class_='"x"', text_anchor="end", x=1.0, y=2 / 3) == (
            '<rect class="&quot;x&quot;" text-anchor="end" x="1" y="0.67"/>'
        )


class TestPlots:
    def test_a_dot_stands_where_its_figure_is_and_its_interval_around_it(self) -> None:
        drawing = dot_plot({"list": Estimate(0.5, 0.25, 1.0, 8)}, "By type")
        (dot,) = re.findall(r'<circle cx="([\d.]+)"', drawing)
        ends = re.findall(r'<line x1="([\d.]+)" x2="([\d.]+)"[^>]*class="interval"', drawing)
        ticks = sorted(float(x) for x in re.findall(r'<line x1="([\d.]+)"[^>]*class="grid"', drawing))
        assert float(dot) == ticks[2]
        assert [tuple(map(float, pair)) for pair in ends] == [(ticks[1], ticks[4])]
        assert "n = 8" in drawing

    def test_the_curve_shows_each_bin_with_its_count(self) -> None:
        from eval.estimates import reliability

        drawing = reliability_curve(reliability([0.1, 0.15, 0.95], [False, True, True]), "Reliability")
        assert drawing.count("<circle") == 2
        assert [n for n in re.findall(r">(\d+)</text>", drawing) if n in ("1", "2")].count("2") == 1

    def test_the_histogram_counts_both_kinds(self) -> None:
        drawing = confidence_histogram([0.95, 0.96, 1.0], [0.05], 0.6, "Confidence")
        assert drawing.count('class="bar"') == drawing.count('class="other"') == 2  # a bar, and its key
        assert ">3<" in drawing
        assert "refused" in drawing

    @pytest.mark.parametrize("threshold", [None, 0.5])
    def test_nothing_to_draw_is_drawn_as_nothing(self, threshold: float | None) -> None:
        for drawing in (dot_plot({}, ""), reliability_curve([], ""), confidence_histogram([], [], threshold, "")):
            assert drawing.startswith("<svg")
