"""Writes what a plan makes: lines straight from DuckDB, other syntaxes from those lines; a file is written aside and put in its place when it is whole."""

from __future__ import annotations

import glob
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import IO, TYPE_CHECKING, Any

from kg.errors import MappingError
from kg.mapping.packing import Encoded, Packed
from kg.mapping.plan import Plan, Shape, has_triple_terms
from kg.mapping.plan.values import name, quoted
from kg.mapping.pouring import compressed, pour

if TYPE_CHECKING:
    import duckdb

SYNTAXES = ("nt", "nq", "ttl", "trig", "n3", "rdf", "jsonld", "rj", "parquet")
_LINES = ("nt", "nq")
_TRIPLES = ("nt", "ttl", "n3", "rdf", "rj")
_OXIGRAPH = {"ttl": "TURTLE", "trig": "TRIG", "n3": "N3", "rdf": "RDF_XML", "jsonld": "JSON_LD"}
_COMPRESSIONS = {"zst": "zstd", "gz": "gzip"}
# What separates columns where there is one: a character that terms only hold escaped.
_COPY = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01'"
_CHUNK = 1 << 20
# So many records of a source are many.
_MANY = 50_000
# What a text tells that no scan has anything to ask of.
_CERTAIN = "NULL::UBIGINT AS key, false AS doubt"
# So many seconds lie between two looks at how far a statement is.
_LOOK = 0.25


@dataclass(frozen=True, slots=True)
class Output:
    """Where quads go: a file or `-`, its syntax (one of SYNTAXES), compression ("", zstd, gzip, zip, targz, tarxz) and encoding."""

    path: str
    syntax: str = "nq"
    compression: str = ""
    encoding: str = "utf-8"

    @property
    def holds_graphs(self) -> bool:
        """Whether the syntax has named graphs."""
        return self.syntax not in _TRIPLES


def output_of(path: str, syntax: str | None = None) -> Output:
    """Return the output that a file name stands for (`x.nt.zst`); MappingError where it names no syntax."""
    suffixes = [suffix.lower().lstrip(".") for suffix in Path(path).suffixes] if path != "-" else []
    compression = _COMPRESSIONS.get(suffixes[-1], "") if suffixes else ""
    if compression:
        suffixes.pop()
    found = syntax or (suffixes[-1] if suffixes else "")
    if found not in SYNTAXES:
        raise MappingError(
            "KG251",
            "the name of the output does not say what to write" if path != "-" else "what to write is not said",
            where=path if path != "-" else "standard output",
            advice=f"end it in one of {' '.join('.' + each for each in SYNTAXES)}, with .zst or .gz after it to compress, or give --format",
        )
    if found == "parquet" and compression:
        raise MappingError("KG251", "Parquet is compressed by itself", where=path, advice=f"leave .{suffixes[-1]} out")
    return Output(path, found, compression)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the number of quads (None: not counted), and whether rows may have been unfit, as far as anybody has looked."""

    quads: int | None
    doubtful: bool = True


class Writer:
    """Writes plans to outputs; nothing is seen at an output's path before `publish`. With `bounded`, lines are sorted by themselves, once all of them are made."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        folder: Path,
        prefixes: Mapping[str, str],
        progress: Callable[[str, int, int], None] | None = None,
        *,
        bounded: bool = False,
    ) -> None:
        self.con, self.folder, self.prefixes, self.progress = con, folder, prefixes, progress
        self.bounded = bounded
        self.made: list[tuple[Path, Path | None]] = []

    def write(self, plan: Plan, output: Output, *, ordered: bool, certain: Callable[[], Plan] | None = None) -> Written:
        """Write the quads of a plan once each, sorted by code point with `ordered`.

        `certain` gives the plan to take where `plan` is not and turns out to be wrong; only an output that is `poured` finds that out.
        """
        if output.path == "-":
            aside = self.folder / f"stdout.{len(self.made)}"
            self.made.append((aside, None))
            return self._write(plan, output, aside, ordered, certain)
        # Where a link leads to is written, not the link; a pipe or a device is no file to take the place of.
        place = Path(output.path).resolve()
        if place.exists() and not place.is_file():
            aside = self.folder / f"device.{len(self.made)}"
            self.made.append((aside, place))
            return self._write(plan, output, aside, ordered, certain)
        place.parent.mkdir(parents=True, exist_ok=True)
        aside = place.with_name(f".{place.name}.{os.getpid()}.part")
        self.made.append((aside, place))
        return self._write(plan, output, aside, ordered, certain)

    def publish(self) -> None:
        """Put every file in its place, and what goes to standard output there."""
        for aside, place in self.made:
            if place is not None and (place.is_file() or not place.exists()):
                aside.replace(place)
                continue
            with aside.open("rb") as stream, place.open("wb") if place else nullcontext(sys.stdout.buffer) as target:
                shutil.copyfileobj(stream, target, _CHUNK)
                target.flush()
        self.made.clear()

    def discard(self) -> None:
        """Remove what was written aside."""
        for aside, _ in self.made:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
        self.made.clear()

    def _write(
        self, plan: Plan, output: Output, aside: Path, ordered: bool, certain: Callable[[], Plan] | None
    ) -> Written:
        self._check(plan, output)
        if output.syntax == "parquet":
            return Written(self._copy(rows(plan, ordered=ordered), aside, "FORMAT parquet, COMPRESSION zstd"))
        if poured(output, ordered=ordered):
            return self._pour(plan, aside, output.compression, certain)
        if _is_lines(output):
            return Written(self._sort(plan, aside, output.compression))
        plain = self.folder / "lines"
        # Syntaxes that say a subject once want its quads together.
        done = (
            Written(self._sort(plan, plain, ""))
            if ordered or output.syntax not in _LINES
            else self._pour(plan, plain, "", certain)
        )
        try:
            with Packed(aside, output.path, output.compression) as stream:
                self._translate(plain, output, stream)
        except UnicodeEncodeError as error:
            bad = error.object[error.start : error.end]
            raise _cannot(output, f"{output.encoding} has no {bad!r}", "write UTF-8") from error
        except (SyntaxError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise _cannot(output, str(error), "write .nt or .nq") from error
        plain.unlink()
        return done

    def _check(self, plan: Plan, output: Output) -> None:
        """Raise MappingError where a syntax has no place for the triple terms of a plan."""
        if plan.catalog.legacy and output.syntax not in _LINES and has_triple_terms(plan):
            raise _cannot(output, "only lines hold << s p o >>", "write .nt or .nq, or leave --star legacy out")
        if output.syntax in ("rj", "jsonld", "rdf") and has_triple_terms(plan):
            raise _cannot(output, "it has no triple terms", "write Turtle, TriG, N-Triples or N-Quads")

    def _pour(self, plan: Plan, aside: Path, compression: str, certain: Callable[[], Plan] | None = None) -> Written:
        """Write lines in any order."""
        if plan.is_certain and self._is_small(plan):
            return Written(self._copy(single_lines(plan), aside, _packed(compression)))
        with self._writing(aside) as told, compressed(aside, compression) as stream:
            try:
                done = pour(self.con, texts(plan), stream)
            except OSError as error:
                raise _unwritable(error.strerror or str(error), told) from error
        if not done.unique and certain is not None:
            return self._pour(certain(), aside, compression)
        doubtful = done.doubtful or bool(plan.pooled(Shape.LINES))
        return Written(None if plan.streamed(Shape.TEXT) else done.texts, doubtful)

    def _sort(self, plan: Plan, aside: Path, compression: str) -> int:
        packed = _packed(compression)
        if not self.bounded:
            return self._copy(f"SELECT line FROM ({_each_line(plan)}) ORDER BY line", aside, packed)
        # A sort takes all of the memory that it finds free, and what is made at the same time would lack it.
        unsorted = self.folder / "unsorted"
        self._copy(_each_line(plan), unsorted, "FORMAT parquet, COMPRESSION zstd")
        kept = f"SELECT line FROM read_parquet({quoted(str(unsorted))}) ORDER BY line"
        number = self._copy(kept, aside, packed)
        unsorted.unlink()
        return number

    def _is_small(self, plan: Plan) -> bool:
        """Return whether no source has many records: what makes many faster takes a tenth of a second to load."""
        for table in plan.catalog.tables.values():
            few = f"SELECT 1 FROM {name(table.name)} LIMIT {_MANY}"
            ((count,),) = self.con.execute(f"SELECT count(*) FROM ({few})").fetchall()
            if count >= _MANY:
                return False
        return True

    def _copy(self, select: str, aside: Path, options: str) -> int:
        import duckdb

        with self._writing(aside) as told:
            try:
                done = self.con.execute(f"COPY ({select}) TO {quoted(str(aside))} ({options})").fetchone()
            except duckdb.IOException as error:
                # What the system says stands last; the file that it names is one that nobody has asked for.
                raise _unwritable(str(error).splitlines()[0].rpartition('": ')[2], told) from error
        return int(done[0]) if done else 0

    @contextmanager
    def _writing(self, aside: Path) -> Iterator[str]:
        """Tell how far the statement is that writes a file; yield the name of the file that it becomes."""
        told = aside.name.removeprefix(".").removesuffix(f".{os.getpid()}.part")
        with watched(self.con, f"writing {told}", self.progress):
            yield told

    def _translate(self, plain: Path, output: Output, stream: IO[bytes]) -> None:
        """Write the syntax of an output from lines."""
        import pyoxigraph as ox

        target: Any = Encoded(stream, output.encoding) if output.encoding != "utf-8" else stream
        if output.syntax in _LINES:
            with plain.open("rb") as source:
                shutil.copyfileobj(source, target, _CHUNK)
        elif output.syntax == "rj":
            _write_rdf_json(ox.parse(path=str(plain), format=ox.RdfFormat.N_TRIPLES), target)
        else:
            read = ox.RdfFormat.N_QUADS if output.holds_graphs else ox.RdfFormat.N_TRIPLES
            quads: Any = ox.parse(path=str(plain), format=read)
            if not output.holds_graphs:
                quads = (quad.triple for quad in quads)
            if output.syntax == "rdf":
                from kg.rdf.xml import CarriageReturns, fit_for_xml

                quads, target = fit_for_xml(quads), CarriageReturns(target)
            written = getattr(ox.RdfFormat, _OXIGRAPH[output.syntax])
            ox.serialize(quads, target, written, prefixes=dict(self.prefixes) if output.syntax != "jsonld" else None)


def poured(output: Output, *, ordered: bool) -> bool:
    """Return whether an output is one of lines in any order, which flow into it while they are made."""
    return not ordered and _is_lines(output)


def _is_lines(output: Output) -> bool:
    return output.syntax in _LINES and output.encoding == "utf-8" and output.compression in ("", "zstd", "gzip")


def _packed(compression: str) -> str:
    return _COPY + (f", COMPRESSION {compression}" if compression else "")


def _unwritable(said: str, name: str) -> OSError:
    return OSError(None, f"it cannot be written: {said}", name)


def _cannot(output: Output, what: str, advice: str) -> MappingError:
    return MappingError("KG258", f"{output.syntax} cannot be written: {what}", where=output.path, advice=advice)


@contextmanager
def watched(
    con: duckdb.DuckDBPyConnection, step: str, progress: Callable[[str, int, int], None] | None
) -> Iterator[None]:
    """Tell how far the statement is that runs within, in percent."""
    if progress is None:
        yield
        return
    # In this order: a bar that may be printed is, on standard output, as soon as a statement takes long.
    con.execute("SET enable_progress_bar_print = false").fetchall()
    con.execute("SET enable_progress_bar = true").fetchall()
    ended = Event()

    def look() -> None:
        while not ended.wait(_LOOK):
            progress(step, max(0, min(99, int(con.query_progress()))), 100)

    thread = Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    progress(step, 100, 100)


def texts(plan: Plan) -> str:
    """Return the SELECT of the columns of Shape.TEXT."""
    ended = [f"SELECT line || chr(10) AS text, {_CERTAIN} FROM ({each})" for each in _distinct(plan)]
    return " UNION ALL ".join((*plan.streamed(Shape.TEXT), *ended)) or f"SELECT '' AS text, {_CERTAIN} WHERE false"


def single_lines(plan: Plan) -> str:
    """Return the SELECT of one column, each row one line."""
    return _united(plan, plan.streamed(Shape.LINES))


def _each_line(plan: Plan) -> str:
    # All lines of a row are made at once and parted then: that takes half of the memory and time of making each by itself.
    parted = [
        f"SELECT unnest(string_split(text, chr(10))[:-2]) AS line FROM ({each})" for each in plan.streamed(Shape.TEXT)
    ]
    return f"SELECT line FROM ({_united(plan, parted)}) AS all_lines(line)"


def _united(plan: Plan, streamed: Sequence[str]) -> str:
    """Return the SELECT of the lines that come once each, and of the others made distinct."""
    return " UNION ALL ".join((*streamed, *_distinct(plan))) or "SELECT '' AS line WHERE false"


def _distinct(plan: Plan) -> list[str]:
    pooled = plan.pooled(Shape.LINES)
    return [f"SELECT DISTINCT line FROM ({' UNION ALL '.join(pooled)})"] if pooled else []


def read_lines(path: Path) -> str:
    """Return the SQL of a relation with the column `line`: the lines of a file of N-Quads, plain or compressed."""
    # Quads hold control characters only escaped, so one separates nothing.
    return (
        f"read_csv({quoted(glob.escape(str(path)))}, columns = {{'line': 'VARCHAR'}}, header = false, auto_detect = false, "
        "delim = '\x01', quote = '', escape = '', max_line_size = 67108864)"
    )


def rows(plan: Plan, *, ordered: bool) -> str:
    """Return the SELECT of the columns s, p, o, g."""
    branches = list(plan.streamed(Shape.QUADS))
    pooled = plan.pooled(Shape.QUADS)
    if pooled:
        branches.append(f"SELECT DISTINCT s, p, o, g FROM ({' UNION ALL '.join(pooled)})")
    whole = " UNION ALL ".join(branches) or "SELECT '' AS s, '' AS p, '' AS o, '' AS g WHERE false"
    return f"SELECT * FROM ({whole}) AS q(s, p, o, g) ORDER BY g NULLS FIRST, s, p, o" if ordered else whole


def _write_rdf_json(quads: Any, target: IO[bytes]) -> None:
    """Write RDF/JSON: subjects and predicates as keys, objects as dictionaries."""
    import pyoxigraph as ox

    found: dict[str, dict[str, list[dict[str, str]]]] = {}
    for quad in quads:
        value = quad.object
        if isinstance(value, ox.Literal):
            entry = {"type": "literal", "value": value.value}
            if value.language:
                entry["lang"] = value.language
            elif value.datatype.value != "http://www.w3.org/2001/XMLSchema#string":
                entry["datatype"] = value.datatype.value
        elif isinstance(value, ox.NamedNode):
            entry = {"type": "uri", "value": value.value}
        else:
            entry = {"type": "bnode", "value": str(value)}
        subject = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else str(quad.subject)
        found.setdefault(subject, {}).setdefault(quad.predicate.value, []).append(entry)
    target.write(json.dumps(found, ensure_ascii=False, indent=1).encode("utf-8"))
