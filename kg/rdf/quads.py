"""RDF files to the relation of quads, whatever their syntax and compression.

pyoxigraph parses and writes canonical terms as a stream, and DuckDB takes the lines apart, so no row passes through a Python loop twice and
memory does not grow with the file.
"""

from __future__ import annotations

import glob
import gzip
import io
import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from kg.errors import SourceError

if TYPE_CHECKING:
    import duckdb
    import pyoxigraph as ox

_SYNTAXES = {
    ".nt": "N_TRIPLES",
    ".nq": "N_QUADS",
    ".ttl": "TURTLE",
    ".trig": "TRIG",
    ".rdf": "RDF_XML",
    ".owl": "RDF_XML",
    ".xml": "RDF_XML",
    ".jsonld": "JSON_LD",
    ".json": "JSON_LD",
}
_COMPRESSIONS = (".gz", ".zst")
_MARKUP_DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_CHUNK = 1 << 20
_BUFFER = 1 << 22


def read_quads(
    con: duckdb.DuckDBPyConnection, paths: Iterable[Path], *, table: str = "quads", base: str | None = None
) -> None:
    """Append the quads of RDF files to `table` (s, p, o, g: canonical N-Triples terms, g NULL for the default graph), made if missing.

    The syntax follows from the suffix (.nt .nq .ttl .trig .rdf .owl .xml .jsonld .json, with .gz or .zst); relative IRIs are resolved against `base`, or
    else the file's own IRI. Blank nodes are numbered through in the order in which they come, so that the same files give the same rows.
    SourceError for a file that is not RDF, and for a document type declaration in RDF/XML (KG152): a few nested entities would fill all memory.
    """
    import pyoxigraph as ox

    con.execute(f"CREATE TABLE IF NOT EXISTS {table} (s VARCHAR, p VARCHAR, o VARCHAR, g VARCHAR)")
    names: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="kg-quads-") as folder:
        lines = Path(folder) / "lines.nq"
        for number, path in enumerate(paths):
            ox.serialize(_parsed(path, base, f"{number}.", names), str(lines), format=ox.RdfFormat.N_QUADS)
            _append(con, lines, table, path)


def write_lines(path: Path, target: Path, *, number: bool = True) -> None:
    """Write the quads of an RDF file to `target` as canonical N-Quads, in their order.

    Blank nodes keep the labels that N-Triples and N-Quads give them; those of other syntaxes are numbered by their first use, or with `number` false have labels of the
    parser, some drawn at random. The errors are those of `read_quads`.
    """
    import pyoxigraph as ox

    labelled = not number or rdf_syntax(path) in ("N_TRIPLES", "N_QUADS")
    ox.serialize(_parsed(path, None, "", None if labelled else {}), str(target), format=ox.RdfFormat.N_QUADS)


def read_lines(path: Path) -> str:
    """Return the SQL of a relation with the column `line`: the lines of a file of canonical N-Quads."""
    if path.stat().st_size == 0:
        return "(SELECT '' AS line WHERE false)"
    # The separator is a control character, which canonical N-Quads only has escaped: each line is one column.
    name = glob.escape(str(path)).replace("'", "''")
    # Memory is taken by the thread for a whole buffer, which must hold the longest line.
    with path.open("rb") as stream:
        size = max(_BUFFER, 2 * max(map(len, stream)))
    return (
        f"read_csv('{name}', columns = {{'line': 'VARCHAR'}}, header = false, auto_detect = false, delim = '\x01', quote = '', escape = '', "
        f"max_line_size = {size}, buffer_size = {size})"
    )


def columns_of(lines: str, more: str = "") -> str:
    """Return the SQL that takes canonical N-Quads lines (a relation with the column `line`) apart, into s, p, o and g, after the columns `more`.

    Only a literal or a triple term holds spaces. What comes before the dot is a graph if there are more than three terms and it does not end one of these two.
    """
    graph = "CASE WHEN len(words) > 4 AND words[-2] >= '<' AND NOT contains(words[-2], '\"') THEN words[-2] END"
    # Most objects are one word.
    value = "CASE WHEN until = 3 THEN words[3] ELSE array_to_string(words[3:until], ' ') END"
    columns = f"{more}, " if more else ""
    return f"""
        SELECT {columns}words[1] AS s, words[2] AS p, {value} AS o, g
        FROM (SELECT *, len(words) - CASE WHEN g IS NULL THEN 1 ELSE 2 END AS until
          FROM (SELECT *, {graph} AS g FROM (SELECT *, string_split(line, ' ') AS words FROM {lines})))"""


def declared_prefixes(path: Path) -> dict[str, str]:
    """Return prefix to namespace as an RDF file declares them before its first statement; nothing where it cannot be read."""
    import pyoxigraph as ox

    syntax = rdf_syntax(path)
    if syntax is None or (syntax == "RDF_XML" and _hides_markup(path)):
        return {}
    try:
        with _opened(path) as stream:
            parser = ox.parse(stream, format=getattr(ox.RdfFormat, syntax), base_iri=path.resolve().as_uri())
            next(parser, None)
            return dict(sorted(parser.prefixes.items()))
    except (OSError, EOFError, ValueError, SyntaxError, zlib.error):
        return {}


def _hides_markup(path: Path) -> bool:
    try:
        _refuse_markup_declarations(path)
    except (SourceError, OSError, EOFError, zlib.error):
        return True
    return False


def rdf_syntax(path: Path) -> str | None:
    """Return pyoxigraph's name of the syntax that a file name stands for, or None if the name is of no RDF file."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in _COMPRESSIONS:
        suffixes.pop()
    return _SYNTAXES.get(suffixes[-1]) if suffixes else None


def parse_file(path: Path, base: str | None = None) -> Iterator[ox.Quad]:
    """Yield the quads of an RDF file as they come, blank nodes numbered by their first use; the errors are those of `read_quads`."""
    return _parsed(path, base, "", {})


def _parsed(path: Path, base: str | None, scope: str, names: dict[str, str] | None) -> Iterator[ox.Quad]:
    import pyoxigraph as ox

    syntax = rdf_syntax(path)
    if syntax is None:
        known = " ".join(_SYNTAXES)
        raise SourceError(
            "KG151", "the name does not say which RDF syntax this is", where=str(path), advice=f"use one of {known}"
        )
    try:
        if syntax == "RDF_XML":
            _refuse_markup_declarations(path)
        with _opened(path) as stream:
            quads = ox.parse(stream, format=getattr(ox.RdfFormat, syntax), base_iri=base or path.resolve().as_uri())
            yield from quads if names is None else _numbered(quads, scope, names)
    except SyntaxError as error:
        what = f"this is not well-formed RDF: {error.msg}"
        raise SourceError("KG151", what, where=f"{path}{_line(error)}", advice="correct the file") from error
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise SourceError("KG150", f"the file cannot be read: {error}", where=str(path)) from error


def _line(error: SyntaxError) -> str:
    return f", line {error.lineno}" if error.lineno else ""


def _opened(path: Path) -> IO[bytes]:
    if path.suffix.lower() == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if path.suffix.lower() == ".zst":
        return cast("IO[bytes]", io.BufferedReader(_Frames(path.open("rb")), _CHUNK))
    return path.open("rb")


class _Frames(io.RawIOBase):
    """The content of a Zstandard file. Unlike the library's own reader it notices a file that ends too early."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._frame: Any = None
        self._content = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._content:
            chunk = self._file.read(_CHUNK)
            if not chunk:
                if self._frame is not None:
                    raise EOFError("the file ends before its content does")
                return 0
            self._content = self._unpacked(chunk)
        taken, self._content = self._content[: len(buffer)], self._content[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def _unpacked(self, chunk: bytes) -> bytes:
        import zstandard

        parts = []
        try:
            while chunk:
                self._frame = self._frame or zstandard.ZstdDecompressor().decompressobj()
                parts.append(self._frame.decompress(chunk))
                chunk = self._frame.unused_data if self._frame.eof else b""
                if self._frame.eof:
                    self._frame = None
        except zstandard.ZstdError as error:
            raise OSError(str(error)) from error
        return b"".join(parts)

    def close(self) -> None:
        self._file.close()
        super().close()


def _refuse_markup_declarations(path: Path) -> None:
    """Raise SourceError for a DOCTYPE or ENTITY anywhere, and for an encoding in which one could hide from this search."""
    with _opened(path) as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            if b"\0" in chunk:
                raise SourceError(
                    "KG152",
                    "RDF/XML is read in UTF-8 only",
                    where=str(path),
                    advice="convert the file to UTF-8 or to Turtle",
                )
            if _MARKUP_DECLARATION.search(tail + chunk):
                raise SourceError(
                    "KG152",
                    "RDF/XML with a document type or entity declaration is not read",
                    where=str(path),
                    advice="convert the file to Turtle",
                )
            tail = chunk[-16:]


def _numbered(quads: Iterable[ox.Quad], scope: str, names: dict[str, str]) -> Iterator[ox.Quad]:
    """Replace the labels of blank nodes, which the parser draws at random, by numbers; a label counts within its file."""
    import pyoxigraph as ox

    def named(label: str) -> ox.BlankNode:
        return ox.BlankNode(names.setdefault(scope + label, f"b{len(names)}"))

    for quad in quads:
        subject, value, graph = quad.subject, quad.object, quad.graph_name
        if isinstance(subject, ox.BlankNode) or isinstance(value, ox.BlankNode) or isinstance(graph, ox.BlankNode):
            yield ox.Quad(
                named(subject.value) if isinstance(subject, ox.BlankNode) else subject,
                quad.predicate,
                named(value.value) if isinstance(value, ox.BlankNode) else value,
                named(graph.value) if isinstance(graph, ox.BlankNode) else graph,
            )
        else:
            yield quad


def _append(con: duckdb.DuckDBPyConnection, lines: Path, table: str, path: Path) -> None:
    if lines.stat().st_size == 0:
        return
    con.execute(f"INSERT INTO {table} {columns_of(read_lines(lines))}")
    if con.execute(f"SELECT 1 FROM {table} WHERE starts_with(o, '<<') LIMIT 1").fetchone():
        raise triple_terms(path)


def triple_terms(path: Path) -> SourceError:
    """Return the error for a file that holds triple terms."""
    return SourceError(
        "KG151",
        "triple terms (RDF 1.2) are not read",
        where=str(path),
        advice="state them as rdf:Statement resources",
    )
