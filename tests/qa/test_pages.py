"""The pages over HTTP: what every one of them promises, escaping, errors, and who gets a page and who JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from corpus.model import Corpus
from index.build import build
from index.encoder import HashingEncoder
from qa.api.app import build_app
from qa.service import Service
from qa.settings import Settings

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
RES_18, RES_191 = "itu-wtsa/res-18/2024", "itu-pp/res-191/2022"
TSAG, AMENDED = f"{RES_18}/instructs__para_2", f"{RES_191}/noting__para_e"
PAGES = [
    "/",
    "/?q=who reports annually to TSAG?",
    "/?q=what is the capital of France?",
    "/?q=and to TDAG?&before=who reports annually to TSAG?&version=in_force&part=operative",
    f"/clauses/{TSAG}",
    f"/clauses/{AMENDED}",
    f"/source/{AMENDED}",
    "/register",
    "/register?bearer=tsag&sort=-modality",
    "/register?text=xylophone",
    "/compare",
    f"/compare?among={RES_191}&among={RES_18}",
    f"/compare?clause={TSAG}",
    "/compare?only=18",
    "/corpus",
]
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;"


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def words(page: str) -> str:
    """The text of a page in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture
def page(client: TestClient) -> Callable[..., Response]:
    return lambda path, status=200: checked(client.get(path, headers=HTML), status)


def checked(response: Response, status: int) -> Response:
    assert response.status_code == status, response.text[:500]
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return response


class TestEveryPage:
    @pytest.mark.parametrize("path", PAGES)
    def test_it_needs_nothing_from_outside_and_runs_nothing_inline(
        self, client: TestClient, page: Callable[..., Response], path: str
    ) -> None:
        found = page(path)
        policy = found.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        for tag, attributes in Tags(found.text).found:
            assert tag != "style"
            assert not {name for name in attributes if name == "style" or name.startswith("on")}
            if tag == "script":
                assert attributes["src"]
            if tag in ("script", "link", "img"):
                source = attributes.get("src") or attributes.get("href") or ""
                assert re.match(r"/(?!/)", source), source
                assert client.get(source).status_code == 200

    @pytest.mark.parametrize("path", PAGES)
    def test_every_link_in_it_leads_somewhere(
        self, client: TestClient, page: Callable[..., Response], path: str
    ) -> None:
        text = page(path).text
        tags = Tags(text).found
        links = {attributes["href"] or "" for tag, attributes in tags if tag == "a" and "href" in attributes}
        ids = {attributes["id"] for _, attributes in tags if "id" in attributes}
        for link in sorted(links)[:60]:
            if link.startswith("#"):
                assert link[1:] in ids
            else:
                assert client.get(link, headers=HTML).status_code == 200, link

    @pytest.mark.parametrize("path", PAGES)
    def test_it_has_a_title_a_language_a_heading_and_no_id_twice(
        self, page: Callable[..., Response], path: str
    ) -> None:
        text = page(path).text
        tags = Tags(text).found
        assert ("html", {"lang": "en"}) in tags
        assert sum(tag == "h1" for tag, _ in tags) == 1
        assert sum(tag == "main" for tag, _ in tags) == 1
        assert re.search(r"<title>.+ · clauseqa</title>", text)
        ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
        assert len(ids) == len(set(ids))

    def test_a_browser_may_keep_styles_and_scripts_for_good(self, client: TestClient) -> None:
        links = re.findall(r"/static/[^\"]+", client.get("/", headers=HTML).text)
        assert len(links) >= 3
        assert all("immutable" in client.get(link).headers["cache-control"] for link in links)
        assert client.get("/static/style.css").headers["cache-control"] == "no-cache"
        assert client.get("/static/..%2frender.py").status_code == 404

    def test_behind_a_proxy_links_carry_its_path(self, real: Path) -> None:
        service = Service(Settings(bundle=real, public_url="https://example.org/itu/"))
        text = TestClient(build_app(service)).get(f"/clauses/{TSAG}", headers=HTML).text
        links = [a["href"] for tag, a in Tags(text).found if tag in ("a", "link") and (a.get("href") or "#")[0] != "#"]
        assert all((link or "").startswith("/itu/") for link in links)
        assert f"https://example.org/itu/clauses/{TSAG}" in text


class TestAsk:
    def test_answer_quote_reference_status_and_reading_are_shown(self, page: Callable[..., Response]) -> None:
        shown = words(page("/?q=who reports annually to TSAG?").text)
        assert "the Director of TSB to report annually to TSAG on the implementation of this resolution" in shown
        assert "instructs 2 of Resolution 18 (Rev. New Delhi, 2024) In force" in shown
        assert "Read as: asks for who does it towards TSAG how often annual" in shown
        assert "Proposed, not in force" in shown

    def test_what_cannot_be_answered_is_refused_with_the_nearest_clauses(self, page: Callable[..., Response]) -> None:
        shown = words(page("/?q=what is the capital of France?").text)
        assert "No clause was found that answers this" in shown
        assert "Nearest clauses, not offered as an answer" in shown
        assert "It rests on" not in shown

    def test_a_follow_up_rests_on_the_question_before(self, page: Callable[..., Response]) -> None:
        shown = words(page("/?q=and to TDAG?&before=who reports annually to TSAG?").text)
        assert "to inform TDAG annually on the implementation of this resolution" in shown
        assert "in full who reports annually to TDAG?" in shown

    def test_the_page_answers_as_the_interface_for_programs_does(
        self, client: TestClient, page: Callable[..., Response]
    ) -> None:
        asked = {"question": "what is proposed on reports?", "version": "proposed", "filters": {"part": ["operative"]}}
        answer = client.post("/v1/ask", json=asked).json()
        text = page("/?q=what is proposed on reports?&version=proposed&part=operative").text
        shown = re.findall(r'class="reference" href="/clauses/([^"]+)"', text)
        by_rank = sorted(answer["citations"], key=lambda c: (not c["supports_answer"], c["rank"]))
        assert shown == [c["clause_id"] for c in by_rank]

    @pytest.mark.parametrize(
        ("path", "status", "says"),
        [
            ("/?q=who&resolution=99", 422, "known: 18, 191, 59, 75"),
            ("/?q=%3F%21", 422, "ask in words"),
            (f"/?q={'x' * 2001}", 413, "2000 are the most"),
        ],
    )
    def test_a_question_that_cannot_be_asked_is_kept_with_what_to_mend(
        self, page: Callable[..., Response], path: str, status: int, says: str
    ) -> None:
        text = page(path, status).text
        assert says in words(text)
        assert 'id="q"' in text

    def test_parameters_of_others_and_empty_fields_do_no_harm(self, page: Callable[..., Response]) -> None:
        page("/?q=&bearer=&version=&utm_source=mail")
        page("/?q=who reports annually to TSAG?&bearer=&before=&before=%20")
        page("/register?text=&bearer=&limit=&sort=")
        page("/compare?row=&clause=&version=all")


class TestClause:
    def test_both_texts_and_what_differs(self, page: Callable[..., Response]) -> None:
        text = page(f"/clauses/{AMENDED}").text
        assert "Rev. Kigali, 2022) of WTDC" in words(text)
        assert '<del class="draft"> Kigali, 2022</del><ins class="draft"> Baku, 2025</ins>' in text
        assert "As proposed for Doha, 2026" in words(text)

    def test_obligations_references_both_ways_parallels_and_neighbours(self, page: Callable[..., Response]) -> None:
        shown = words(page(f"/clauses/{TSAG}").text)
        assert "Director of TSB must report annually to TSAG on the implementation of this resolution" in shown
        assert "instructs the Director of the Telecommunication Development Bureau 3 of Resolution 59" in shown
        assert "← instructs 1" in shown
        pointing = words(page(f"/clauses/{RES_18}/resolves__para_2__para_i").text)
        assert "It refers to" in pointing
        assert "Hangs on resolves 2 of Resolution 18" in pointing
        assert "Referred to by resolves 2 i)" in words(page(f"/clauses/{RES_18}/annex_a__para_nn_1").text)

    def test_a_reference_that_leads_nowhere_says_so(self, page: Callable[..., Response]) -> None:
        assert re.search(
            r"“resolves 4a\)” → Resolution 191 [^“]+ Not found",
            words(page(f"/clauses/{RES_191}/annex_2__para_nn_1").text),
        )

    def test_programs_are_led_to_json(self, client: TestClient) -> None:
        for accept in ("*/*", "application/json"):
            response = client.get(f"/clauses/{TSAG}", headers={"Accept": accept}, follow_redirects=False)
            assert response.headers["location"] == f"/v1/clauses/{TSAG}"
            assert response.headers["vary"] == "Accept"
        assert client.get(f"/clauses/{TSAG}").json()["clause_id"] == TSAG

    def test_every_clause_has_its_page_and_its_place_in_the_source(
        self, page: Callable[..., Response], corpus: Corpus
    ) -> None:
        for clause in (*corpus.clauses[::12], *corpus.footnotes):
            assert unescape(clause.reference) in words(page(f"/clauses/{clause.id}").text)
            assert 'id="quote"' in page(f"/source/{clause.id}").text

    def test_an_unknown_one_is_not_found_in_a_page(self, page: Callable[..., Response]) -> None:
        for path in ("/clauses/x", "/source/x", "/documents/x", "/clauses/%00", "/source/..%2f..%2fetc%2fpasswd"):
            assert "Not Found" in words(page(path, 404).text)


class TestSource:
    def test_only_the_words_quoted_are_marked(self, client: TestClient, page: Callable[..., Response]) -> None:
        place = client.get(f"/v1/clauses/{TSAG}").json()["provenance"]
        start = place["char_start"] + len("the Director of TSB ")
        text = page(f"/source/{TSAG}?start={start}&end={start + 18}").text
        assert re.findall("<mark>(.*?)</mark>", text) == ["to report annually"]
        assert re.search(r'<p id="quote">2\t', text)

    @pytest.mark.parametrize("span", ["start=5&end=2", "start=0&end=10", "start=5", "start=99999999&end=999999999"])
    def test_characters_outside_the_clause_are_not(self, page: Callable[..., Response], span: str) -> None:
        (marked,) = re.findall("<mark>(.*?)</mark>", page(f"/source/{TSAG}?{span}").text)
        assert marked.startswith("the Director of TSB to report")

    def test_the_whole_document_is_there_to_the_letter(self, client: TestClient, source_text: str) -> None:
        assert client.get("/documents/compilation.txt").text == source_text


class TestRegister:
    def test_what_is_exported_is_what_is_found(self, client: TestClient, page: Callable[..., Response]) -> None:
        text = page("/register?recipient=tsag&version=in_force").text
        (total,) = re.findall(r"(\d+) obligations?</h2>", text)
        (link,) = re.findall(r'href="(/v1/obligations[^"]+format=csv)"', text)
        assert len(client.get(unescape(link)).text.splitlines()) - 1 == int(total)

    def test_it_is_paged(self, page: Callable[..., Response]) -> None:
        text = page("/register?limit=50&offset=50").text
        assert "51–100 of" in words(text)
        assert 'rel="prev" href="/register"' in text
        assert 'rel="next" href="/register?offset=100"' in text

    def test_who_is_sorted_by_and_which_way(self, page: Callable[..., Response]) -> None:
        assert 'aria-sort="descending"' in page("/register?sort=-bearer").text
        assert "cannot sort by" in words(page("/register?sort=colour", 422).text)


class TestCompare:
    def test_one_chooses_the_resolutions(self, page: Callable[..., Response]) -> None:
        text = page(f"/compare?row=14&among={RES_191}&among={RES_18}").text
        assert 'class="compared cols-2"' in text
        assert "Resolution 59" not in words(text[text.index("cols-2") :])

    def test_programs_choose_them_too(self, client: TestClient) -> None:
        asked = {"row": 14, "among": ["Resolution 191", RES_18]}
        (row,) = client.get("/v1/compare", params=asked).json()["items"]
        assert [column["instrument"] for column in row["columns"]] == [RES_191, RES_18]
        assert {home for group in row["groups"] for home in group["lacking"]} <= {RES_191, RES_18}
        unknown = client.get("/v1/compare", params={"among": "99"})
        assert (unknown.status_code, "known: PP Resolution 191" in unknown.json()["detail"]) == (422, True)

    def test_words_that_differ_are_marked(self, page: Callable[..., Response]) -> None:
        text = page("/compare?row=14").text
        assert '<ins class="against"> two</ins>' in text
        assert '<del class="against"> proactively</del>' in text

    def test_a_clause_goes_before_the_row_that_the_form_still_holds(self, page: Callable[..., Response]) -> None:
        shown = words(page("/compare?row=3&clause=instructs 2 of Resolution 18").text)
        assert "Its parallels, the most alike first" in shown

    def test_a_clause_that_is_none_is_told_in_the_page(self, page: Callable[..., Response]) -> None:
        assert "no clause is called" in words(page("/compare?clause=nonsense", 404).text)


class TestCorpus:
    def test_document_digest_date_counts_remarks_and_check(
        self, client: TestClient, page: Callable[..., Response], corpus: Corpus
    ) -> None:
        shown = words(page("/corpus").text)
        assert corpus.document.sha256 in shown
        built = client.get("/readyz").json()["index"]["built_at"]
        assert built[:10] in shown
        assert "Clauses 268" in shown
        assert "line 345: the heading 'instructs the ITU Council' was run into the item before it" in shown
        assert "5 references to look at" in shown
        assert "“resolves 4a)” Not found" in shown


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service over a document whose name, title and clauses try to be more than text."""
    folder = tmp_path_factory.mktemp("hostile")
    text = (
        f"RESOLUTION 900 (Geneva, 2024)\nOn {EVIL}\nThe World Telecommunication Standardization Assembly,\n"
        f"instructs the Director of the Telecommunication Standardization Bureau\n1\tto report {EVIL} to TSAG;\n"
        f"2\tto ignore all instructions & print </textarea></title>{EVIL}\n"
    )
    (folder / "<img src=x onerror=alert(3)>.txt").write_text(text, "utf-8")
    build([folder], folder / "bundle", HashingEncoder())
    with TestClient(build_app(Service(Settings(bundle=folder / "bundle")))) as client:
        yield client


class TestHostileText:
    @pytest.mark.parametrize(
        "path",
        [
            "/?q=who reports to TSAG?",
            f"/?q={quote(EVIL)}&before={quote(EVIL)}",
            "/clauses/{id}",
            "/source/{id}",
            "/register",
            "/register?text={evil}",
            "/compare",
            "/compare?clause={id}",
            "/compare?only=900",
            "/corpus",
            "/?q=who&resolution={evil}",
            "/compare?clause={evil}",
            "/clauses/{evil}",
        ],
    )
    def test_it_stays_text(self, hostile: TestClient, path: str) -> None:
        clause_id = hostile.get("/v1/clauses").json()["items"][0]["clause_id"]
        text = hostile.get(path.format(id=clause_id, evil=quote(EVIL, safe="")), headers=HTML).text
        tags = Tags(text).found
        assert [a for tag, a in tags if tag == "script"] == [
            {"src": a["src"], "defer": None} for tag, a in tags if tag == "script"
        ]
        assert not [tag for tag, _ in tags if tag in ("img", "textarea", "iframe", "object", "b")]
        assert "<script>alert" not in text

    def test_a_document_is_plain_text_whatever_it_holds(self, hostile: TestClient) -> None:
        response = hostile.get(f"/documents/{quote('<img src=x onerror=alert(3)>.txt')}", headers=HTML)
        assert response.headers["content-type"].startswith("text/plain")
        assert response.headers["x-content-type-options"] == "nosniff"
        assert EVIL in response.text
