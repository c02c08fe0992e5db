"""The pages as people meet them: in Chromium, by mouse and by keyboard, wide and narrow, light and dark."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from corpus.model import Corpus

RES_18, RES_191 = "itu-wtsa/res-18/2024", "itu-pp/res-191/2022"
TSAG, AMENDED = f"{RES_18}/instructs__para_2", f"{RES_191}/noting__para_e"
HEADLINE = "who reports annually to TSAG?"
QUOTE = "the Director of TSB to report annually to TSAG on the implementation of this resolution"
EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'"
PAGES = {
    "front": "/",
    "answer": f"/?q={quote(HEADLINE)}",
    "refusal": "/?q=what+is+the+capital+of+France%3F&version=in_force",
    "follow-up": f"/?q=and+to+TDAG%3F&before={quote(HEADLINE)}&resolution={RES_191}",
    "clause": f"/clauses/{TSAG}",
    "amended": f"/clauses/{AMENDED}",
    "source": f"/source/{AMENDED}#quote",
    "register": "/register",
    "narrowed": "/register?bearer=tsag&sort=modality",
    "compare": "/compare?row=2",
    "parallels": f"/compare?clause={TSAG}",
    "only": "/compare?only=18",
    "corpus": "/corpus",
}
SCREENS = {"desktop": (1280, 900), "phone": (360, 740)}
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
           "--disable-background-networking", "--disable-component-update"]  # fmt: skip


@pytest.fixture(scope="module")
def address(real: Path) -> Iterator[str]:
    """Where a server process of its own listens."""
    command = [sys.executable, "-m", "qa.cli", "serve", "--port", "0", "--bundle", str(real)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            line = server.stderr.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert found, line
            yield found[0]
        finally:
            server.terminate()
            server.wait()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert path, "Chromium is not installed (Debian: apt-get install chromium)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()


Open = Callable[..., Page]


def is_wrong(said: ConsoleMessage) -> bool:
    """Is this an error, other than that a page came with the status of a user's mistake?"""
    return said.type == "error" and "status of 422" not in said.text


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Open]:
    """Opens a page in a browser that has seen none before. What goes wrong in it fails the test: errors of scripts,
    dialogs, what its policy forbids, requests to anywhere else."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def note(page: Page) -> None:
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda said: wrong.append(said.text) if is_wrong(said) else None)
        page.on("request", lambda asked: None if asked.url.startswith((address, "data:")) else wrong.append(asked.url))

    def open_page(path: str, screen: str = "desktop", **options: object) -> Page:
        width, height = SCREENS[screen]
        context = browser.new_context(viewport={"width": width, "height": height}, base_url=address, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        note(page)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.get_by_label("Your question").press("Enter")


def focused(page: Page) -> str:
    """The name of what has the focus."""
    found: str = page.evaluate("document.activeElement.innerText || document.activeElement.id")
    return found


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until something called ``name`` has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page).startswith(name):
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


@pytest.mark.parametrize("name", PAGES)
class TestEveryPage:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("screen", SCREENS)
    def test_axe_finds_nothing_and_it_fits_the_screen(self, visit: Open, name: str, screen: str, scheme: str) -> None:
        page = visit(PAGES[name], screen, color_scheme=scheme)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        found = Axe().run(page).response["violations"]
        assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") == SCREENS[screen][0]

    def test_dark_is_dark_and_paper_is_white(self, visit: Open, name: str) -> None:
        ground = "getComputedStyle(document.documentElement).backgroundColor"
        page = visit(PAGES[name], color_scheme="dark")
        assert page.evaluate(ground) == "rgb(20, 23, 26)"
        page.emulate_media(media="print")
        assert page.evaluate(ground) == "rgb(255, 255, 255)"
        expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()

    def test_the_first_tab_leads_past_the_navigation(self, visit: Open, name: str) -> None:
        page = visit(PAGES[name].partition("#")[0])
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


class TestAsking:
    def test_an_answer_comes_into_the_page_and_its_quote_opens_in_the_source(self, visit: Open) -> None:
        page = visit("/")
        page.evaluate("window.stayed = true")
        ask(page, HEADLINE)
        expect(page.locator(".said")).to_contain_text(QUOTE)
        assert page.evaluate("window.stayed")
        assert parse_qs(urlsplit(page.url).query) == {"q": [HEADLINE]}
        expect(page.locator(".card").first).to_contain_text("instructs 2 of Resolution 18 (Rev. New Delhi, 2024)")
        expect(page.locator(".card").first).to_contain_text("In force")
        page.get_by_role("link", name="In the source, line 397").click()
        expect(page.locator("mark")).to_have_text(QUOTE)
        expect(page.locator("mark")).to_be_in_viewport()
        assert page.url.endswith("#quote")

    def test_the_answer_is_told_to_who_cannot_see_it(self, visit: Open) -> None:
        page = visit("/")
        ask(page, HEADLINE)
        expect(page.get_by_role("status")).to_contain_text(QUOTE)

    def test_its_address_reproduces_it_elsewhere(self, visit: Open) -> None:
        page = visit("/")
        ask(page, "who reports to the Sector advisory groups?")
        page.get_by_text("Narrow it down").click()
        page.get_by_label("As proposed").check()
        expect(page.get_by_role("link", name="Remove As proposed")).to_be_visible()
        said = page.locator(".said").inner_text()
        other = visit(page.url)
        assert other.locator(".said").inner_text() == said
        expect(other.get_by_label("Your question")).to_have_value("who reports to the Sector advisory groups?")

    def test_filters_are_put_on_and_taken_off(self, visit: Open) -> None:
        page = visit(PAGES["answer"])
        page.get_by_text("Narrow it down").click()
        page.get_by_label("PP 191").check()
        expect(page.locator(".card .reference").first).to_contain_text("Resolution 191")
        for reference in page.locator(".card .reference").all_inner_texts():
            assert "Resolution 191" in reference
        page.get_by_role("link", name="Remove PP 191").click()
        expect(page.locator(".card .reference").first).to_contain_text("Resolution 18")
        expect(page.get_by_label("PP 191")).not_to_be_checked()

    def test_the_back_button_goes_back_and_forward_again(self, visit: Open) -> None:
        page = visit("/")
        ask(page, HEADLINE)
        expect(page.locator(".said")).to_contain_text("TSAG")
        ask(page, "what is the capital of France?")
        expect(page.locator(".said")).to_contain_text("No clause was found")
        page.go_back()
        expect(page.locator(".said")).to_contain_text(QUOTE)
        expect(page.get_by_label("Your question")).to_have_value(HEADLINE)
        page.go_back()
        expect(page.get_by_role("heading", name="Ask the resolutions")).to_be_visible()
        expect(page.get_by_label("Your question")).to_have_value("")
        expect(page.locator(".said")).to_have_count(0)
        page.go_forward()
        expect(page.locator(".said")).to_contain_text(QUOTE)

    def test_going_back_from_a_clause_shows_the_answer_again(self, visit: Open) -> None:
        page = visit("/")
        ask(page, HEADLINE)
        page.get_by_role("link", name="instructs 2 of Resolution 18").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("instructs 2 of Resolution 18 (Rev. New Delhi, 2024)")
        page.go_back()
        expect(page.locator(".said")).to_contain_text(QUOTE)

    def test_a_mark_in_the_answer_leads_to_its_citation(self, visit: Open) -> None:
        page = visit("/")
        ask(page, HEADLINE)
        page.get_by_role("link", name="Citation 1").click()
        expect(page.locator("#c1")).to_be_in_viewport()
        page.go_back()
        expect(page.locator(".said")).to_contain_text(QUOTE)

    def test_one_asks_on_and_again(self, visit: Open) -> None:
        page = visit(PAGES["answer"])
        page.get_by_label("Ask on").fill("and to TDAG?")
        page.get_by_label("Ask on").press("Enter")
        expect(page.locator(".said")).to_contain_text("to inform TDAG annually")
        expect(page.get_by_role("heading", name="and to TDAG?")).to_be_focused()
        assert parse_qs(urlsplit(page.url).query)["before"] == [HEADLINE]
        page.get_by_label("Ask on").fill("and to ISCG?")
        page.get_by_label("Ask on").press("Enter")
        earlier = page.get_by_role("navigation", name="Earlier in this conversation").get_by_role("link")
        expect(earlier).to_have_text([HEADLINE, "and to TDAG?"])
        earlier.first.click()
        expect(page.locator(".said")).to_contain_text(QUOTE)

    def test_what_was_asked_is_kept_in_this_browser_only_until_it_is_forgotten(self, visit: Open) -> None:
        page = visit("/")
        asked_before = page.get_by_role("region", name="Asked before")
        expect(asked_before).to_be_hidden()
        ask(page, HEADLINE)
        expect(page.locator(".said")).to_be_visible()
        page.goto("/")
        expect(asked_before.get_by_role("link")).to_have_text([HEADLINE])
        assert page.context.cookies() == []
        expect(visit("/").get_by_role("region", name="Asked before")).to_be_hidden()
        asked_before.get_by_role("button", name="Forget these").click()
        expect(asked_before).to_be_hidden()
        page.reload()
        expect(asked_before).to_be_hidden()

    def test_a_question_that_cannot_be_asked_says_why(self, visit: Open) -> None:
        page = visit("/", java_script_enabled=False)
        ask(page, "?!")
        expect(page.get_by_text("ask in words")).to_be_visible()
        expect(page.get_by_label("Your question")).to_have_value("?!")

    def test_without_scripts_it_answers_too(self, visit: Open) -> None:
        page = visit("/", java_script_enabled=False)
        ask(page, HEADLINE)
        expect(page.locator(".said")).to_contain_text(QUOTE)
        page.get_by_label("Ask on").fill("and to TDAG?")
        page.get_by_label("Ask on").press("Enter")
        expect(page.locator(".said")).to_contain_text("to inform TDAG annually")


class TestByKeyboard:
    def test_from_a_question_to_the_clause_and_back_in_words(self, visit: Open) -> None:
        page = visit("/")
        page.keyboard.press("/")
        expect(page.get_by_label("Your question")).to_be_focused()
        page.keyboard.type(f"{HEADLINE}\n")
        expect(page.locator(".said")).to_contain_text(QUOTE)
        tab_to(page, "instructs 2 of Resolution 18")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("instructs 2")
        tab_to(page, "In the source")
        page.keyboard.press("Enter")
        expect(page.locator("mark")).to_have_text(QUOTE)

    def test_chips_and_what_is_folded_away(self, visit: Open) -> None:
        page = visit(PAGES["answer"])
        tab_to(page, "Narrow it down")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("link", name="Remove In force")).to_be_visible()

    def test_a_slash_in_a_question_is_a_slash(self, visit: Open) -> None:
        page = visit("/")
        page.get_by_label("Your question").focus()
        page.keyboard.type("and/or")
        expect(page.get_by_label("Your question")).to_have_value("and/or")

    def test_what_has_the_focus_is_seen(self, visit: Open) -> None:
        page = visit("/register")
        for _ in range(12):
            page.keyboard.press("Tab")
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


class TestClausePage:
    @pytest.mark.parametrize(
        ("button", "begins"),
        [
            ("Copy ITU reference", "instructs 2 of Resolution 18 (Rev. New Delhi, 2024)"),
            ("Copy Link", "http://127.0.0.1:"),
            ("Copy BibTeX", "@misc{itu-wtsa:res-18:2024:instructs__para_2,"),
            ("Copy CSL-JSON", '[\n  {\n    "id": "itu-wtsa:res-18:2024:instructs__para_2"'),
        ],
    )
    def test_it_is_copied_as_others_cite_it(self, visit: Open, button: str, begins: str) -> None:
        page = visit(PAGES["clause"], permissions=["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        expect(page.get_by_role("status")).to_have_text("Copied")
        copied: str = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(begins)
        expect(page.get_by_role("button", name=button)).to_be_visible()

    def test_where_the_clipboard_is_closed_the_text_is_there_to_take(self, visit: Open) -> None:
        page = visit(PAGES["clause"])
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')) }")
        page.get_by_role("button", name="Copy BibTeX").click()
        expect(page.get_by_role("button", name="Select and copy it by hand")).to_be_visible()
        page.get_by_text("Show them").click()
        expect(page.get_by_role("region", name="BibTeX")).to_contain_text("@misc{")

    def test_both_texts_stand_side_by_side_with_what_differs(self, visit: Open) -> None:
        page = visit(PAGES["amended"])
        expect(page.locator("del")).to_have_text("Kigali, 2022")
        expect(page.locator("ins")).to_have_text("Baku, 2025")
        texts = page.locator(".versions > div")
        first, second = texts.nth(0).bounding_box(), texts.nth(1).bounding_box()
        assert first is not None
        assert second is not None
        assert first["y"] == second["y"]

    def test_one_reads_on_to_the_next_clause_and_the_parallels(self, visit: Open) -> None:
        page = visit(f"/clauses/{RES_18}/instructs__para_1")
        page.get_by_role("link", name="instructs 2 →").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("instructs 2 of")
        page.get_by_role("link", name="Compare them word by word").click()
        expect(page.get_by_role("heading", name="Its parallels, the most alike first")).to_be_visible()


class TestRegister:
    def test_it_is_narrowed_down_sorted_and_exported(self, visit: Open, tmp_path: Path) -> None:
        page = visit("/register")
        page.get_by_role("link", name="WTSA 18").click()
        counted = page.locator('.facet a[aria-current="true"] .count').inner_text()
        expect(page.get_by_role("heading", name=f"{counted} obligations")).to_be_visible()
        rows = page.locator("table.register tbody tr")
        expect(rows).to_have_count(min(int(counted), 50))
        page.get_by_role("link", name="In force", exact=False).first.click()
        page.get_by_role("columnheader", name="Kind").get_by_role("link").click()
        expect(page.get_by_role("columnheader", name="Kind")).to_have_attribute("aria-sort", "ascending")
        kinds = page.locator("td .must").all_inner_texts()
        order = ["must", "should", "may", "must not"]
        assert kinds == sorted(kinds, key=order.index)
        found = int(page.locator("#found-title").inner_text().split()[0])
        for kind in ("CSV", "XLSX"):
            with page.expect_download() as download:
                page.get_by_role("link", name=kind, exact=True).click()
            download.value.save_as(tmp_path / download.value.suggested_filename)
        assert len((tmp_path / "obligations.csv").read_text("utf-8").splitlines()) == found + 1
        assert (tmp_path / "obligations.xlsx").read_bytes().startswith(b"PK")

    def test_words_are_searched_for(self, visit: Open) -> None:
        page = visit("/register")
        page.keyboard.press("/")
        page.keyboard.type("reporting annually\n")
        expect(page.locator("td.what").first).to_contain_text("annual")
        page.get_by_role("link", name="Remove “reporting annually”").click()
        expect(page.get_by_role("heading", name="197 obligations")).to_be_visible()

    def test_on_a_phone_each_obligation_is_a_card_and_the_facets_are_folded(self, visit: Open) -> None:
        page = visit("/register?bearer=tsag", "phone")
        expect(page.get_by_role("heading", name="Resolution", exact=True)).to_be_hidden()
        page.get_by_text("Narrow down", exact=True).click()
        expect(page.get_by_role("heading", name="Resolution", exact=True)).to_be_visible()
        assert page.locator("table.register tr").nth(1).evaluate("e => getComputedStyle(e).display") == "block"


class TestCompare:
    def test_one_chooses_resolutions_and_sees_what_differs(self, visit: Open) -> None:
        page = visit("/compare?row=14")
        expect(page.locator(".heads p")).to_have_count(4)
        for name in ("RA 75", "WTDC 59"):
            page.get_by_role("checkbox", name=name).uncheck()
        page.get_by_role("button", name="Compare").click()
        expect(page.locator(".heads p")).to_have_text(
            ["Resolution 191 (Rev. Bucharest, 2022)", "Resolution 18 (Rev. New Delhi, 2024)"]
        )
        expect(page.locator("ins.against").first).to_be_visible()

    def test_provisions_of_a_line_stand_side_by_side_and_on_a_phone_below_each_other(self, visit: Open) -> None:
        for screen, beside in (("desktop", True), ("phone", False)):
            cells = visit("/compare?row=14", screen).locator(".line-of").first.locator(".cell:not(.empty)")
            boxes = [box for cell in cells.all() if (box := cell.bounding_box())]
            assert len(boxes) == 4
            assert (len({box["y"] for box in boxes}) == 1) is beside
            assert (len({box["x"] for box in boxes}) == 1) is not beside

    def test_a_clause_is_looked_up_by_its_reference(self, visit: Open) -> None:
        page = visit("/compare")
        page.get_by_label("Clause").fill("instructs 2 of Resolution 18")
        page.get_by_label("Clause").press("Enter")
        expect(page.locator(".card .reference").first).to_have_text(
            "instructs 2 of Resolution 18 (Rev. New Delhi, 2024)"
        )
        expect(page.locator("ol .card")).to_have_count(2)


class TestSourceAndCorpus:
    def test_from_the_corpus_to_the_document(self, visit: Open, corpus: Corpus) -> None:
        page = visit("/corpus")
        expect(page.locator("code", has_text=corpus.document.sha256)).to_be_visible()
        page.get_by_text("5 references to look at").click()
        page.get_by_role("link", name="Annex 2, paragraph 1").first.click()
        expect(page.get_by_text("Not found")).to_be_visible()

    def test_a_line_number_leads_to_its_clause(self, visit: Open) -> None:
        page = visit(PAGES["source"])
        page.get_by_role("link", name="Line 29, noting d)").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("noting d)")


class TestHostileText:
    def test_in_a_question_it_stays_text(self, visit: Open) -> None:
        page = visit("/")
        ask(page, EVIL)
        expect(page.locator(".said")).to_be_visible()
        expect(page).to_have_title(f"{EVIL} · clauseqa")
        expect(page.get_by_label("Your question")).to_have_value(EVIL)
        page.get_by_label("Ask on").fill(EVIL)
        page.get_by_label("Ask on").press("Enter")
        expect(page.get_by_role("heading", name=EVIL)).to_be_visible()
        page.goto("/")
        expect(page.get_by_role("region", name="Asked before").get_by_role("link").first).to_have_text(EVIL)
        assert page.locator("main img").count() == 0

    def test_in_what_the_browser_kept_it_stays_text(self, visit: Open) -> None:
        page = visit("/")
        for kept in (
            f"[{{q: 1}}, {EVIL}",
            '{"a": 1}',
            '[null, 3, {"q": "x", "at": "javascript:alert(1)"}]',
            '[{"q": "<img src=x onerror=alert(1)>", "at": "?q=x"}]',
        ):
            page.evaluate("kept => localStorage.setItem('clauseqa.history', kept)", kept)
            page.reload()
        links = page.get_by_role("region", name="Asked before").get_by_role("link")
        expect(links).to_have_text(["<img src=x onerror=alert(1)>"])
