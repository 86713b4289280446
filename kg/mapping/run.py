"""The main path of `kg map`: mapping to rules, sources to relations, rules to a plan, the plan to files; unfit rows are set aside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from kg.errors import MappingError
from kg.mapping.engine import Sources, failed
from kg.mapping.needs import needs_of
from kg.mapping.output import Output, Writer, poured
from kg.mapping.parse import parse_mapping
from kg.mapping.plan import Plan, plan_of
from kg.mapping.pouring import load_ahead
from kg.mapping.rejects import Reject, SetAside, refuse
from kg.mapping.rules import Database, File, LogicalSource, Rules, Statement
from kg.mapping.session import opened_session
from kg.mapping.vocabulary import LANGUAGES
from kg.settings import DEFAULT_BASE

if TYPE_CHECKING:
    from kg.mapping.functions import Functions

Progress = Callable[[str, int, int], None]
# Bytes.
_LARGE = 1 << 24
_STOPPED_IN_PYTHON = "executing the UDF: KeyboardInterrupt"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a mapping is run: what relative IRIs start with, how strict, how ordered, and with what means.

    `frames` are relations given from Python, by name; `network` the IRI prefixes from which may be read; `functions` files of user functions.
    """

    base: str = DEFAULT_BASE
    strict: bool = False
    ordered: bool = False
    legacy: bool = False
    memory: str | None = None
    threads: int | None = None
    database: Database | None = None
    network: tuple[str, ...] = ()
    functions: tuple[Path, ...] = ()
    frames: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: the files with the number of quads (None: not counted), the first of the rows that were set aside, and how many were."""

    files: tuple[tuple[str, int | None], ...]
    rejects: tuple[Reject, ...]
    set_aside: int


@dataclass(slots=True)
class Run:
    """A mapping with its sources open."""

    con: duckdb.DuckDBPyConnection
    folder: Path
    rules: Rules
    sources: Sources
    settings: Settings

    def plan(self, statements: Sequence[Statement], *, graphs: bool = True, certain: bool = True) -> Plan:
        """Return the plan of statements; where it need not be certain, the writer finds out whether it is right."""
        glance = None if certain else self.sources.seems_unique
        return plan_of(statements, self.sources.catalog, self.sources.is_unique, graphs=graphs, glance=glance)


def map_files(
    mapping: Path, output: Output, settings: Settings, *, rejects: Path | None = None, progress: Progress | None = None
) -> Summary:
    """Run a mapping and write its quads to `output`, or to the targets that it names; unfit rows to `rejects` (JSON Lines).

    Nothing is written where the mapping is wrong or a source cannot be read (MappingError, SourceError), or with `strict` where a row is unfit.
    """
    tell = progress or (lambda *_: None)
    tell("reading the mapping", 0, 0)
    rules = parse_mapping(mapping, settings.base, settings.database)
    outputs = _by_output(rules.statements, output)
    if _reads_much(rules) and any(poured(to, ordered=settings.ordered) for to, _ in outputs):
        load_ahead()
    with opened(rules, settings) as run:
        tell("looking at keys", 0, 0)
        jobs = [
            (
                to,
                statements,
                run.plan(statements, graphs=to.holds_graphs, certain=not poured(to, ordered=settings.ordered)),
            )
            for to, statements in outputs
        ]
        aside = SetAside(run.con)
        if settings.strict:
            for _, _, plan in jobs:
                refuse(run.sources.first_unfit(plan))
        writer = Writer(run.con, run.folder, own_prefixes(rules), progress, bounded=settings.memory is not None)
        try:
            files = []
            for to, statements, plan in jobs:
                done = writer.write(
                    plan,
                    to,
                    ordered=settings.ordered,
                    certain=partial(run.plan, statements, graphs=to.holds_graphs),
                )
                files.append((to.path, done.quads))
                if done.doubtful and not settings.strict:
                    run.sources.set_aside(plan, aside)
            broken = run.sources.broken_rows()
            if settings.strict:
                refuse(broken)
            aside.add_lines(broken)
            if rejects is not None:
                aside.write(rejects)
            summary = Summary(tuple(files), aside.first(), len(aside))
            writer.publish()
        finally:
            writer.discard()
    return summary


@contextmanager
def opened(rules: Rules, settings: Settings, *, ordered: bool = False) -> Iterator[Run]:
    """Open a session and the sources of a mapping; `ordered` keeps rows in their order."""
    from kg.mapping.readers import Access

    ordered |= any(needs.numbered for needs in needs_of(rules.statements).values())
    with opened_session(settings.memory, settings.threads, ordered=ordered) as (con, folder):
        access = Access(settings.frames, settings.network, settings.strict, folder)
        sources = Sources(con, access, user_functions(settings.functions), settings.legacy)
        with told():
            sources.open(rules.statements)
            yield Run(con, folder, rules, sources, settings)


@contextmanager
def told() -> Iterator[None]:
    """Tell errors of the database as what they mean to who runs a mapping; an interrupted statement is an interrupted run."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except duckdb.Error as error:
        # Ctrl-C may come while DuckDB calls a function in Python, and is then an error of that function.
        if _STOPPED_IN_PYTHON in str(error):
            raise KeyboardInterrupt from error
        raise failed(error) from error
    except RuntimeError as error:
        if "interrupted" not in str(error).lower():
            raise
        raise KeyboardInterrupt from error


def user_functions(files: Sequence[Path]) -> Functions | None:
    """Return the functions that there are with those of files; None without any, for they take their time to load."""
    if not files:
        return None
    from kg.mapping.functions import FUNCTIONS, load_functions

    known = FUNCTIONS
    for path in files:
        known = load_functions(path, known)
    return known


def own_prefixes(rules: Rules) -> dict[str, str]:
    """Return the prefixes of a mapping that are not those of its own language, for those who read what it makes."""
    return {prefix: iri for prefix, iri in rules.prefixes.items() if iri not in LANGUAGES}


def _reads_much(rules: Rules) -> bool:
    """Return whether a mapping reads a file that is large."""
    accesses = [source.access for source in needs_of(rules.statements) if isinstance(source, LogicalSource)]
    paths = [Path(access.path) for access in accesses if isinstance(access, File)]
    return any(path.is_file() and path.stat().st_size >= _LARGE for path in paths)


def _by_output(statements: Sequence[Statement], default: Output) -> list[tuple[Output, list[Statement]]]:
    """Return the statements of each output: the default one, and each target that the mapping names."""
    found: dict[Output, list[Statement]] = {default: []}
    known = {Path(default.path).resolve(): default}
    for statement in statements:
        for target in statement.targets:
            to = Output(target.path, target.syntax, target.compression, target.encoding)
            # A target may be the output by another name.
            first = known.setdefault(Path(to.path).resolve(), to)
            if (first.syntax, first.compression, first.encoding) != (to.syntax, to.compression, to.encoding):
                raise MappingError(
                    "KG210",
                    f"{to.path} is written in two ways: {first.syntax} and {to.syntax}",
                    where=str(statement.place),
                    advice="name another file, or give both the same syntax, compression and encoding",
                )
            found.setdefault(first, []).append(statement)
        if not statement.targets:
            found[default].append(statement)
    return list(found.items())
