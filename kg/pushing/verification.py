"""How a graph of the store differs from the content: by number, by digest, and triple by triple where these are not the same."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

from kg.errors import PushError
from kg.pushing.content import Content, Difference, Digest, compare, digest
from kg.pushing.remote import Remote

if TYPE_CHECKING:
    import duckdb

Verify: TypeAlias = Literal["full", "count", "none"]
# A step, how far it is, and how far it goes (0: not known).
Progress: TypeAlias = Callable[[str, int, int], None]
_BLOCK = 1 << 20


class Verification:
    """Reads graphs of a store back and compares them with a content, as far as `verify` says."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, remote: Remote, content: Content, verify: Verify, progress: Progress
    ) -> None:
        self._con, self._remote, self._content = con, remote, content
        self._verify, self._progress = verify, progress
        self._back = remote.folder / "back.nt"
        self._thread = ThreadPoolExecutor(1, "digest")
        self._digest: Future[Digest] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(cancel_futures=True)
        self._back.unlink(missing_ok=True)

    def insist(self) -> None:
        """Read everything back from here on, whatever was asked: for a push that goes on with what another has left in the store."""
        self._verify = "full"

    def begin(self) -> None:
        """Begin with the digest of the content, in a thread of its own: nothing else may use the database until `differs` is asked."""
        if self._digest is None and self._verify != "none":
            self._digest = self._thread.submit(digest, self._con, self._content.lines, self._remote.profile, "content")

    def _wanted(self) -> Digest:
        self.begin()
        assert self._digest is not None  # noqa: S101 - it was begun
        return self._digest.result()

    def differs(self, graph: str) -> str | None:
        """Return how a graph of the store differs from the content, as a sentence, or None."""
        if self._verify == "none":
            return None
        self._progress("verify", 0, 0)
        # Only who reads in pages has to know beforehand how many triples there are; others are not asked.
        there = self._remote.count(graph) if self._verify == "count" or self._remote.profile.page else None
        if there is None:
            self._remote.read(graph, self._back, None)
        wanted = self._wanted()
        if there is not None:
            if there != wanted.triples:
                return _other_number(graph, wanted.triples, there)
            if self._verify == "count":
                return None
            self._remote.read(graph, self._back, there)
        if self._is_same(wanted):
            return None
        if there is None and (kept := self._remote.count(graph)) != wanted.triples:
            return _other_number(graph, wanted.triples, kept)
        found = self._compared()
        if not found.missing and not found.extra:
            return None
        shown = "\n  ".join(line[:500] for line in found.examples)
        return (
            f"in <{graph}> {found.missing:,} triples are missing (-) and {found.extra:,} are others (+):\n  {shown}\n"
        )

    def difference(self, graph: str, there: int) -> tuple[Difference | None, int]:
        """Return how a graph that has `there` triples differs from the content (tables `missing` and `extra`), and the bytes of that; None where blank nodes are in the way."""
        self._progress("read what is there", 0, 0)
        self._remote.read(graph, self._back, there)
        if self._is_same(digest(self._con, self._content.lines, self._remote.profile, "content")):
            return Difference(0, 0, ()), 0
        found = self._compared()
        row = self._con.execute(
            "SELECT sum(strlen(line) + 1), bool_or(starts_with(line, '_:') OR contains(line, ' _:')) FROM (SELECT line FROM extra UNION ALL SELECT line FROM missing)"
        ).fetchone()
        size, blank = (int(row[0] or 0), bool(row[1])) if row else (0, False)
        return (None if blank else found), size

    def _is_same(self, wanted: Digest) -> bool:
        """Say whether what was read back are lines with a digest; most stores write canonical lines, which need not be read as RDF."""
        # Some stores leave the control character in that parts the fields of a line for us.
        with self._back.open("rb") as file:
            if any(b"\x01" in block for block in iter(lambda: file.read(_BLOCK), b"")):
                return False
        return digest(self._con, self._back, self._remote.profile, "back") == wanted

    def _compared(self) -> Difference:
        self._canonicalise()
        return compare(self._con, self._content.lines, self._back, self._remote.profile)

    def _canonicalise(self) -> None:
        import pyoxigraph as ox

        written = self._back.with_name("written.nt")
        self._back.replace(written)
        try:
            ox.serialize(
                ox.parse(path=str(written), format=ox.RdfFormat.N_TRIPLES), str(self._back), ox.RdfFormat.N_TRIPLES
            )
        except SyntaxError as error:
            raise PushError(
                "KG627",
                f"the store gives back what is no N-Triples: {error.msg}",
                where=self._remote.store.store or self._remote.store.query,
                advice="name its product with --store",
            ) from error
        finally:
            written.unlink()


def _other_number(graph: str, wanted: int, there: int) -> str:
    return f"{wanted:,} triples were to be in <{graph}>, and {there:,} are"
