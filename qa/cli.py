"""The console script ``clauseqa``: arguments in, one call into the core, text or JSON out.

Exit status: 0 done, 1 an error of ours, 2 a mistake that the user can mend, 3 no clause answers.
"""

from __future__ import annotations

import argparse
import errno
import gc
import io
import json
import logging
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from corpus import VERSION
from corpus.errors import ClauseqaError, PortInUse
from qa.settings import Settings, read_settings

OK, OURS, MISTAKE, NO_ANSWER = 0, 1, 2, 3
Command = Callable[[argparse.Namespace, Settings], int]


class Parser(argparse.ArgumentParser):
    """Reports a wrong argument in one line."""

    def error(self, message: str) -> NoReturn:
        """Print and exit with the status of a user's mistake."""
        self.exit(MISTAKE, f"clauseqa: {message}; see {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):  # numpy's and faiss', which wait by spinning
        os.environ.setdefault(threads, "1")  # the matrices are small
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal that cannot show a character shows its number
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        options = _parser(given).parse_args(given)
        run: Command = options.run
        settings = read_settings().with_options(**{n: getattr(options, n, None) for n in Settings.__slots__})
        status = run(options, settings)
        sys.stdout.flush()  # so that a closed pipe is met here, not when the interpreter ends
        return status
    except ClauseqaError as exc:
        print(f"clauseqa: {exc}", file=sys.stderr)
        return MISTAKE
    except KeyboardInterrupt:
        print("clauseqa: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as exc:
        print(
            f"clauseqa: {exc.strerror or exc} ({exc.filename or 'output'}); free some space or mend it", file=sys.stderr
        )
        return MISTAKE if exc.errno == errno.ENOSPC else OURS
    except Exception as exc:
        if os.environ.get("PYTHONDEVMODE"):
            raise
        print(f"clauseqa: an error of ours: {type(exc).__name__}: {exc}; please report it", file=sys.stderr)
        return OURS


def _parser(given: Sequence[str]) -> Parser:
    from qa.cli_compare import add_compare
    from qa.cli_index import add_index
    from qa.cli_keys import add_keys
    from qa.cli_register import add_obligations

    parser = Parser("clauseqa", description="Ranked, verifiable clause citations for questions about resolutions.")
    parser.add_argument("--version", action="store_const", const=_version, dest="run", help="print the version")
    commands = parser.add_subparsers(metavar="COMMAND", required="--version" not in given[:1], parser_class=Parser)
    _add_ask(commands)
    _add_serve(commands)
    add_keys(commands)
    _add_mcp(commands)
    add_index(commands)
    _add_corpus(commands)
    add_obligations(commands)
    add_compare(commands)
    if not set(given[:1]) <= commands.choices.keys():
        from importlib.metadata import entry_points  # takes as long to import as all that is above

        for extension in entry_points(group="clauseqa.commands"):
            extension.load()(commands)
    return parser


def _version(_: argparse.Namespace, __: Settings) -> int:
    print(f"clauseqa {VERSION}")
    return OK


def add_bundle_option(parser: argparse.ArgumentParser) -> None:
    """``--bundle PATH``, which every command that reads an index takes."""
    parser.add_argument("--bundle", type=Path, metavar="PATH", help="the index (default: .clauseqa/bundle)")


def _add_ask(commands: Any) -> None:
    ask = commands.add_parser("ask", help="answer a question with clause citations")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument("--k", type=int, default=5, metavar="N", help="how many citations (default 5)")
    ask.add_argument("--version", dest="text_version", default="all", metavar="VERSION", help="all, in_force, proposed")
    names = "resolution, body, part, keyword, annex, modality, frequency, bearer or recipient"
    ask.add_argument("--filter", action="append", default=[], metavar="NAME=VALUE", help=names)
    ask.add_argument("--after", action="append", default=[], metavar="QUESTION", help="an earlier question, repeatable")
    ask.add_argument("--explain", action="store_true", help="say where each score comes from")
    ask.add_argument("--json", action="store_true", help="exactly what HTTP answers")
    add_bundle_option(ask)
    ask.set_defaults(run=_ask)


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    from qa.model import Question
    from qa.service import Service

    filters = _filters(options.filter)
    question = Question(options.question, options.k, filters, options.text_version, tuple(options.after))
    with _loading():
        answer = Service(settings).current().ask(question)
    if options.json:
        from qa.api.schemas import AskResponse

        print_json(AskResponse.of(answer, explain=options.explain).model_dump())
    else:
        from qa.terminal import show_answer

        print(show_answer(answer, width(), explain=options.explain))
    return OK if answer.answered else NO_ANSWER


def _filters(pairs: Sequence[str]) -> dict[str, tuple[str, ...]]:
    from corpus.errors import UnknownFilter
    from qa.filters import NAMES

    filters: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not value:
            raise UnknownFilter(f"--filter {pair!r} is not NAME=VALUE; names: {', '.join(NAMES)}")
        filters[name] = (*filters.get(name, ()), value)
    return filters


def _add_serve(commands: Any) -> None:
    serve = commands.add_parser("serve", help="serve the index over HTTP")
    serve.add_argument("--host", metavar="ADDRESS", help="where to listen (default 127.0.0.1)")
    serve.add_argument("--port", type=int, metavar="N", help="default 8000; 0 takes a free one")
    no_keys = "let everyone in who can reach the address"
    serve.add_argument("--no-keys", action="store_const", const=False, dest="need_keys", help=no_keys)
    add_bundle_option(serve)
    serve.set_defaults(run=_serve)


def _serve(_: argparse.Namespace, settings: Settings) -> int:
    from qa.logs import log_to
    from qa.service import Service

    listener = _listen(settings.host, settings.port)
    with listener, log_to(sys.stderr, settings):
        with _loading(), ThreadPoolExecutor(1) as pool:  # the index opens while the web framework is imported
            opening = pool.submit(Service, settings)
            from qa.api.app import build_app
            from qa.serving import check_keys, serve

            check_keys(settings)
            app = build_app(opening.result())
        serve(app, listener, settings)
    return OK


@contextmanager
def _loading() -> Iterator[None]:
    """Without looking for garbage, then or later, among what is loaded and stays: it would take a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _add_mcp(commands: Any) -> None:
    mcp = commands.add_parser("mcp", help="serve an assistant at standard input and output (MCP)")
    add_bundle_option(mcp)
    mcp.set_defaults(run=_mcp)


def _mcp(_: argparse.Namespace, settings: Settings) -> int:
    from qa.service import Service

    with ThreadPoolExecutor(1) as pool:  # the index opens while the SDK is imported
        opening = pool.submit(Service, settings)
        from qa.mcp import over_stdio

        service = opening.result()
    logging.basicConfig(level=logging.WARNING, format="clauseqa: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the SDK would first wait for another line
    over_stdio(service)
    return OK


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65535:  # the resolver takes larger ones for others
        raise PortInUse(f"there is no port {port}; choose one from 0 to 65535 with --port")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(128)
        except OSError:
            listener.close()
            raise
    except (OSError, OverflowError) as exc:
        reason = getattr(exc, "strerror", None) or str(exc)
        raise PortInUse(f"cannot listen at {host}:{port} ({reason}); choose another with --port") from exc
    return listener


def _add_corpus(commands: Any) -> None:
    corpus = commands.add_parser("corpus", help="look at documents")
    verbs = corpus.add_subparsers(metavar="VERB", required=True, parser_class=Parser)
    parse = verbs.add_parser("parse", help="show the clauses of a document")
    parse.add_argument("file", type=Path, metavar="FILE")
    form = parse.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="every clause with its provenance")
    form.add_argument("--akn", action="store_true", help="the document as Akoma Ntoso XML")
    parse.set_defaults(run=_parse)
    check = verbs.add_parser("check", help="show which references dangle or are stale, and other things to know")
    check.add_argument(
        "source", nargs="*", type=Path, metavar="SOURCE", help="files or folders (default: the compilation)"
    )
    check.add_argument("--json", action="store_true", help="every reference; a list where there are several documents")
    check.set_defaults(run=_check)


def _parse(options: argparse.Namespace, _: Settings) -> int:
    from corpus.errors import SourceError
    from corpus.sources import read_sources

    read = read_sources([options.file])
    if options.json:
        from qa.api.listing import parsed

        found = [parsed(corpus) for corpus in read.corpora]
        print_json(found if options.file.is_dir() else found[0])
    elif options.akn:
        from corpus.akn.writer import write_akn

        if len(read.corpora) > 1:
            raise SourceError(f"{options.file} holds several documents; name one to write it as Akoma Ntoso")
        sys.stdout.flush()
        sys.stdout.buffer.write(write_akn(read.corpora[0]).encode())  # UTF-8, whatever the terminal takes
    else:
        from qa.terminal import show_corpus

        print("\n\n".join(show_corpus(corpus, width()) for corpus in read.corpora))
    return report_failures(read.failures)


def report_failures(failures: Sequence[str]) -> int:
    """A line for each file that was left out; the exit status that tells of them."""
    for failure in failures:
        print(f"clauseqa: left out: {failure}", file=sys.stderr)
    return MISTAKE if failures else OK


def _check(options: argparse.Namespace, _: Settings) -> int:
    from corpus.links import find_links
    from corpus.parse import default_source
    from corpus.sources import read_sources
    from qa.check import check_as_json, show_check

    read = read_sources(options.source or [default_source()], together=True)
    corpora = read.corpora
    links = find_links(corpora)
    if options.json:
        print_json(check_as_json(corpora, links))
    else:
        print(show_check(corpora, links, width()))
    return report_failures(read.failures)


def print_json(data: Any) -> None:
    """``data`` on standard output, readable and in UTF-8."""
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def width() -> int:
    """How wide a line may be: the terminal's width, 100 at most."""
    return min(100, shutil.get_terminal_size().columns)


if __name__ == "__main__":
    sys.exit(main())
