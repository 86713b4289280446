"""Lists and containers (RML-CC): members, heads, graphs, and what stands where there are none."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import MappingError
from kg.mapping import Settings, map_files, output_of
from tests.unit.mapping.mappings import PREFIXES, triples_map, write

E = "http://example.org/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SUBJECT = 'rml:template "http://example.org/{$.id}"'
SOURCE = '[ rml:source "a.json" ; rml:referenceFormulation rml:JSONPath ; rml:iterator "$[*]" ]'
A = '[ rml:reference "$.a[*]" ]'
B = '[ rml:reference "$.b[*]" ]'


def gathered(members: str, kind: str = "List", more: str = "", predicate: str = "p") -> str:
    return f"rml:predicate ex:{predicate} ; rml:objectMap [ rml:gather ( {members} ) ; rml:gatherAs rdf:{kind} {more} ]"


def mapped(folder: Path, records: object, *said: str, more: str = "") -> list[ox.Quad]:
    """Return the quads that records of JSON give; each of them is written once."""
    (folder / "a.json").write_text(json.dumps(records), encoding="utf-8")
    turtle = triples_map(*said, source=SOURCE, subject=SUBJECT) + more
    mapping = write(folder, turtle, f"{PREFIXES}@prefix rdf: <{RDF}> .\n")
    map_files(mapping, output_of(str(folder / "out.nq")), Settings(base="http://base/"))
    lines = (folder / "out.nq").read_text(encoding="utf-8").splitlines()
    assert len(set(lines)) == len(lines), "a quad is written once"
    return list(ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS))


def collections(quads: list[ox.Quad], subject: str = "1") -> list[object]:
    """Return the objects of a subject's ex:p: lists and containers as nested lists, other terms as their values."""
    said = [(q.subject, q.predicate.value, q.object) for q in quads]

    def value(node: object) -> object:
        own = {predicate: made for who, predicate, made in said if who == node}
        if f"{RDF}first" in own:
            assert sum(who == node and predicate == f"{RDF}first" for who, predicate, _ in said) == 1, "ill-formed list"
            rest = value(own[f"{RDF}rest"])
            assert isinstance(rest, list)
            return [value(own[f"{RDF}first"]), *rest]
        if f"{RDF}type" in own:
            return [value(own[f"{RDF}_{number}"]) for number in range(1, len(own)) if f"{RDF}_{number}" in own]
        return [] if node == ox.NamedNode(f"{RDF}nil") else getattr(node, "value", node)

    return sorted(
        (value(made) for who, name, made in said if (who, name) == (ox.NamedNode(E + subject), f"{E}p")), key=str
    )


@pytest.mark.parametrize("kind", ["List", "Bag", "Seq", "Alt"])
def test_members_keep_their_order_and_what_repeats(tmp_path: Path, kind: str) -> None:
    records = [{"id": 1, "a": ["z", "a", "z"], "b": [2, None, 1]}]
    assert collections(mapped(tmp_path, records, gathered(f"{A} {B}", kind))) == [["z", "a", "z", "2", "1"]]


def test_nothing_to_gather_makes_nothing_unless_empty_ones_are_wanted(tmp_path: Path) -> None:
    records = [{"id": 1, "a": []}, {"id": 2}]
    assert mapped(tmp_path, records, gathered(A)) == []
    quads = mapped(tmp_path, records, gathered(A, more="; rml:allowEmptyListAndContainer true"))
    assert [collections(quads, "1"), collections(quads, "2")] == [[[]], [[]]]
    quads = mapped(tmp_path, records, gathered(A, "Bag", "; rml:allowEmptyListAndContainer true"))
    assert sum(quad.object == ox.NamedNode(f"{RDF}Bag") for quad in quads) == 2


def test_members_multiply_to_several_lists(tmp_path: Path) -> None:
    records = [{"id": 1, "a": ["x", "y"], "b": [1, 2, None]}, {"id": 2, "a": ["x"], "b": []}]
    quads = mapped(tmp_path, records, gathered(f"{A} {B}", more="; rml:strategy rml:cartesianProduct"))
    assert collections(quads) == [["x", "1"], ["x", "2"], ["y", "1"], ["y", "2"]]
    assert collections(quads, "2") == []


def test_lists_lie_within_lists(tmp_path: Path) -> None:
    records = [{"id": 1, "a": ["x", "y"], "b": [1, 2]}]
    inner = f"[ rml:gather ( {B} ) ; rml:gatherAs rdf:Bag ]"
    assert collections(mapped(tmp_path, records, gathered(f"{A} {inner}"))) == [["x", "y", ["1", "2"]]]
    quads = mapped(tmp_path, records, gathered(f"{A} {inner}", more="; rml:strategy rml:cartesianProduct"))
    assert collections(quads) == [["x", ["1", "2"]], ["y", ["1", "2"]]]


def test_records_with_one_head_make_one_list(tmp_path: Path) -> None:
    records = [{"id": 1, "k": "k", "a": ["x"]}, {"id": 2, "k": "k", "a": ["y", "z"]}]
    quads = mapped(tmp_path, records, gathered(A, more='; rml:template "http://h/{$.k}"'))
    assert collections(quads) == collections(quads, "2") == [["x", "y", "z"]]


def test_two_maps_may_name_the_same_list(tmp_path: Path) -> None:
    head = '; rml:template "http://h/{$.id}"'
    quads = mapped(
        tmp_path, [{"id": 1, "a": ["x", "y"]}], gathered(A, more=head), gathered(A, more=head, predicate="q")
    )
    assert collections(quads) == [["x", "y"]]


def test_each_graph_has_its_list(tmp_path: Path) -> None:
    quads = mapped(tmp_path, [{"id": 1, "a": ["x", "y"]}], f"{gathered(A)} ; rml:graph ex:g, ex:h")
    for graph in ("g", "h"):
        own = [quad for quad in quads if quad.graph_name == ox.NamedNode(E + graph)]
        assert len(own) == 5
        assert collections(own) == [["x", "y"]]


def test_a_list_in_several_graphs_of_one_record_is_refused(tmp_path: Path) -> None:
    said = f'{gathered(A)} ; rml:graphMap [ rml:template "http://g/{{$.g[*]}}" ]'
    with pytest.raises(MappingError, match=r"several graphs of one record.*KG209"):
        mapped(tmp_path, [{"id": 1, "a": ["x", "y"], "g": ["k", "l"]}], said)


def test_members_may_be_joined(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("k,n\n1,b\n1,a\n2,c\n,d\n", encoding="utf-8")
    parents = triples_map(
        source='[ rml:source "p.csv" ; rml:referenceFormulation rml:CSV ]',
        subject='rml:template "http://example.org/p/{n}"',
        name="P",
    )
    member = '[ rml:parentTriplesMap <#P> ; rml:joinCondition [ rml:child "$.k" ; rml:parent "k" ] ]'
    records = [{"id": 1, "k": 1}, {"id": 2, "k": 3}, {"id": 3}]
    quads = mapped(tmp_path, records, gathered(member), more=parents)
    assert collections(quads) == [[f"{E}p/b", f"{E}p/a"]]
    assert collections(quads, "2") == collections(quads, "3") == []


def test_an_unfit_member_is_told_and_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"id": 1, "a": ["http://x/1", "no iri"]}]', encoding="utf-8")
    turtle = triples_map(gathered('[ rml:reference "$.a[*]" ; rml:termType rml:IRI ]'), source=SOURCE, subject=SUBJECT)
    mapping = write(tmp_path, turtle, f"{PREFIXES}@prefix rdf: <{RDF}> .\n")
    summary = map_files(mapping, output_of(str(tmp_path / "out.nq")), Settings())
    assert [reject.reason for reject in summary.rejects] == ['"no iri" is no IRI']
    assert collections(list(ox.parse(path=str(tmp_path / "out.nq")))) == [["http://x/1"]]
    with pytest.raises(MappingError, match=r"no iri.*KG207"):
        map_files(mapping, output_of(str(tmp_path / "out.nq")), Settings(strict=True))
