"""What a push is going to do: chosen from what the store can, what it holds and what there is to send."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from kg.pushing.content import Content, Difference
from kg.pushing.journal import Journal, Work
from kg.pushing.probe import Store
from kg.pushing.remote import swap
from kg.pushing.verification import Verify

Method: TypeAlias = Literal["nothing", "diff", "whole", "staged"]
_VERIFIED: Final[dict[Verify, str]] = {
    "full": "read back and compared, every triple",
    "count": "not read back, its triples are counted",
    "none": "not verified",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps for one graph; `removed` and `added` count triples of a diff, `sent` the chunks that are there from a push before."""

    store: Store
    graph: str
    method: Method
    reason: str
    content: Content
    there: int
    staging: str
    left_out: int
    verify: Verify
    sent: int = 0
    removed: int = 0
    added: int = 0

    def record(self) -> dict[str, Any]:
        """Return the plan as one JSON object."""
        profile = self.store.profile
        found: dict[str, Any] = {
            "store": profile.title,
            "url": self.store.store or self.store.update,
            "graph": self.graph,
            "there": self.there,
            "triples": self.content.triples,
            "bytes": self.content.size,
            "skolemised": self.content.skolemised,
            "left_out": self.left_out,
            "method": self.method,
            "reason": self.reason,
            "verify": self.verify,
        }
        if self.method == "diff":
            found |= {"removed": self.removed, "added": self.added, "one_step": profile.update_atomic}
        if self.method == "staged":
            found |= {
                "chunks": [
                    {"bytes": chunk.size, "triples": chunk.triples, "sha256": chunk.sha256}
                    for chunk in self.content.chunks
                ],
                "sent_before": self.sent,
                "staging": self.staging,
                "swap": swap(profile, self.staging, self.graph),
                "one_step": profile.swap,
            }
        return found

    def lines(self) -> list[str]:
        """Return the plan as lines of text."""
        profile, content = self.store.profile, self.content
        lines = [
            f"store     {profile.title} (known by {self.store.known_by})",
            f"graph     <{self.graph}>, {self.there:,} triples now",
            f"content   {content.triples:,} triples, {content.size:,} bytes, sha256 {content.sha256[:16]}…",
        ]
        if content.skolemised:
            lines.append(f"renamed   {content.skolemised:,} blank nodes become IRIs under /.well-known/genid/")
        if self.left_out:
            lines.append(f"left out  {self.left_out:,} triples with literals that the store would refuse or change")
        lines.append(f"method    {self.method}: {self.reason}")
        if self.method == "diff":
            step = (
                "one update, which readers see as one step"
                if profile.update_atomic
                else "one update, of which readers may see a part"
            )
            lines.append(f"change    {self.removed:,} triples removed, {self.added:,} added, in {step}")
        if self.method == "whole":
            lines.append(f"upload    POST {self.store.store}, 1 request, {content.size:,} bytes")
            shown = (
                "the store shows one upload whole or not at all" if profile.whole else "readers may see a part of it"
            )
            lines.append(f"swap      none: the graph is empty, and {shown}")
        if self.method == "staged":
            largest = max((chunk.size for chunk in content.chunks), default=0)
            how = f"POST {self.store.store}" if self.store.store else f"INSERT DATA at {self.store.update}"
            before = f", {self.sent} of them there from a push before" if self.sent else ""
            lines.append(f"upload    {how}, {_many(len(content.chunks), 'chunk')} of up to {largest:,} bytes{before}")
            lines.append(f"staging   <{self.staging}>, {_VERIFIED[self.verify]}")
            seen = (
                "readers see it as one step"
                if profile.swap
                else "NOT one step: readers may see the graph empty or in part meanwhile"
            )
            lines.append(f"swap      {swap(profile, self.staging, self.graph)}; {seen}")
        if self.method != "nothing":
            lines.append(f"after     the graph is {_VERIFIED[self.verify]}")
        return lines

    @property
    def done(self) -> str:
        """What was done, as one line."""
        what = {
            "nothing": "was there already",
            "diff": f"{self.removed:,} removed and {self.added:,} added",
            "whole": "pushed in one upload",
            "staged": f"pushed in {_many(len(self.content.chunks), 'chunk')}{f', {self.sent} of them before' if self.sent else ''}, and swapped in",
        }[self.method]
        return f"<{self.graph}>: {self.content.triples:,} triples, {what}"


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def staging_graph(graph: str, content: Content) -> str:
    """Return the name of the graph in which a content waits: always the same for the same content and graph."""
    key = f"{graph}\n{content.sha256}".encode()
    return f"urn:kg:staging:{hashlib.sha256(key).hexdigest()[:32]}"


def work_of(store: Store, graph: str, content: Content) -> Work:
    """Return what the journal is to know."""
    return Work(
        store.root, graph, staging_graph(graph, content), content.sha256, tuple(chunk.size for chunk in content.chunks)
    )


def choose(
    store: Store,
    graph: str,
    content: Content,
    there: int,
    journal: Journal,
    wanted: Method | None,
    difference: Difference | None,
    diff_bytes: int,
    left_out: int,
    verify: Verify,
) -> Plan:
    """Choose the method for one graph that has `there` triples; `difference` is None where the graph was not read back, or cannot be changed in part.

    The method that the user wants is taken as it is. A push that goes on is verified in full, whatever was asked: nobody knows what the store has kept.
    """
    work = work_of(store, graph, content)
    profile, resumed = store.profile, journal.resumes(work)
    sent = len(journal.sent) if resumed else 0

    def plan(method: Method, reason: str) -> Plan:
        removed, added = (difference.extra, difference.missing) if difference else (0, 0)
        level: Verify = "full" if resumed and method == "staged" else verify
        return Plan(store, graph, method, reason, content, there, work.staging, left_out, level, sent, removed, added)

    if difference is not None and not difference.missing and not difference.extra:
        return plan("nothing", "the graph is there as it is to be")
    if wanted is not None:
        return plan(wanted, "as asked")
    if resumed:
        return plan("staged", "a push of this content was begun, and goes on")
    if difference is not None:
        changed = difference.missing + difference.extra
        if changed <= profile.update_triples and diff_bytes <= profile.update_bytes:
            return plan("diff", f"{changed:,} triples differ from what is there")
        return plan("staged", f"{changed:,} triples differ, too many for one update")
    if there:
        return plan("staged", "the graph is replaced")
    if content.size <= profile.whole:
        return plan("whole", "the graph is empty")
    return plan("staged", "the graph is filled in chunks")
