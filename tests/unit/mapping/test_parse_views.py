"""Logical views (RML-LV): fields, nested and joined, and references to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.mapping.parse.scope import keys
from kg.mapping.rules import (
    Call,
    Constant,
    Field,
    File,
    Formulation,
    Joined,
    LogicalSource,
    Reference,
    Template,
    View,
    ViewJoin,
)
from tests.unit.mapping.parsing import EX, FIRST_LINE, csv, fault, faults, reference, rules, triples_map

JSON = 'ex:Json rml:source "people.json" ; rml:iterator "$.people[*]" .\n'
CSV = 'ex:Csv rml:source "people.csv" .\n'
NAME = '[ rml:fieldName "name" ; rml:reference "$.name" ]'
ITEM = (
    '[ rml:fieldName "item" ; rml:iterator "$.items[*]" ; rml:field [ rml:fieldName "type" ; rml:reference "$.type" ] ]'
)
VIEW = f"ex:View rml:viewOn ex:Json ; rml:field {NAME} , {ITEM} ."


def view(folder: Path, described: str, used: str = 'rml:reference "name"') -> View:
    """Return the view that is named ex:View."""
    (rule,) = rules(folder, JSON + CSV + described + _over(used))
    assert isinstance(rule.source, View)
    return rule.source


def _over(said: str, source: str = "ex:View", name: str = "Map") -> str:
    subject = "rml:subject ex:s"
    return "\n" + triples_map(said, source=source, subject=subject, name=name)


def json(folder: Path) -> LogicalSource:
    """Return the JSON source."""
    return LogicalSource(Formulation.JSON, File(str(folder / "people.json")), "$.people[*]")


def test_a_view_has_fields_of_values_and_of_records(tmp_path: Path) -> None:
    type_ = Field("type", Reference("$.type"))
    expected = View(
        json(tmp_path), (Field("name", Reference("$.name")), Field("item", iterator="$.items[*]", fields=(type_,)))
    )
    assert view(tmp_path, VIEW) == expected
    assert keys(expected) == {
        "#": True,
        "<it>": False,
        "name": True,
        "name.#": True,
        "item": False,
        "item.#": True,
        "item.type": True,
        "item.type.#": True,
    }


@pytest.mark.parametrize("name", ["name", "name.#", "#", "item.#", "item.type", "item.type.#"])
def test_what_a_reference_may_name(tmp_path: Path, name: str) -> None:
    (rule,) = rules(tmp_path, JSON + VIEW + _over(f'rml:reference "{name}"'))
    assert rule.object == reference(name)


def test_values_come_from_any_expression(tmp_path: Path) -> None:
    described = """ex:View rml:viewOn ex:Json ; rml:field [ a rml:ExpressionField ; rml:fieldName "name" ; rml:template "{$.a} {$.b}" ] ,
        [ rml:fieldName "kind" ; rml:constant "person" ] ,
        [ rml:fieldName "made" ; rml:functionExecution [ rml:function ex:f ] ; rml:return ex:out ] ."""
    assert view(tmp_path, described).fields == (
        Field("name", Template((Reference("$.a"), " ", Reference("$.b")))),
        Field("kind", Constant("person")),
        Field("made", Call(f"{EX}f", (), f"{EX}out")),
    )


def test_a_value_may_hold_records_in_another_formulation(tmp_path: Path) -> None:
    described = """ex:View rml:viewOn ex:Csv ; rml:field [ rml:fieldName "name" ; rml:reference "name" ; rml:field
        [ rml:fieldName "j" ; rml:referenceFormulation rml:JSONPath ; rml:field [ rml:fieldName "x" ; rml:reference "$.x" ] ,
          [ rml:fieldName "deep" ; rml:referenceFormulation rml:JSONPath ; rml:iterator "$.d" ] ] ,
        [ rml:fieldName "c" ; rml:referenceFormulation rml:CSV ; rml:field [ rml:fieldName "y" ; rml:reference "y" ] ] ] ."""
    (field,) = view(tmp_path, described, 'rml:reference "name.j.x"').fields
    assert field.fields == (
        Field(
            "j",
            iterator="$",
            formulation=Formulation.JSON,
            fields=(Field("x", Reference("$.x")), Field("deep", iterator="$.d")),
        ),
        Field("c", iterator="", formulation=Formulation.CSV, fields=(Field("y", Reference("y")),)),
    )


def test_views_may_be_on_views(tmp_path: Path) -> None:
    described = f'{VIEW.replace("ex:View", "ex:Lower")} ex:View rml:viewOn ex:Lower ; rml:field [ rml:fieldName "name" ; rml:reference "item.type" ] .'
    upper = view(tmp_path, described)
    assert upper.fields == (Field("name", Reference("item.type")),)
    assert isinstance(upper.on, View)
    assert upper.on.on == json(tmp_path)


def test_views_are_joined_in_the_order_of_the_file(tmp_path: Path) -> None:
    described = f"""{VIEW.replace("ex:View", "ex:Other")}
        ex:View rml:viewOn ex:Csv ; rml:field [ rml:fieldName "name" ; rml:reference "name" ] ;
        rml:innerJoin [ rml:parentLogicalView ex:Other ; rml:joinCondition [ rml:child "name" ; rml:parent "name" ] ;
            rml:field [ rml:fieldName "kind" ; rml:template "{{item.type}}/{{item.#}}" ] ] ;
        rml:leftJoin [ rml:parentLogicalView ex:Other ; rml:joinCondition [ rml:childMap [ rml:reference "kind" ] ; rml:parentMap [ rml:constant "x" ] ] ;
            rml:field [ rml:fieldName "more" ; rml:reference "#" ] ] ."""
    found = view(tmp_path, described, 'rml:reference "more.#"')
    other = found.joins[0].parent
    assert found.on == csv(tmp_path)
    assert found.joins == (
        ViewJoin(
            other,
            ((Reference("name"), Reference("name")),),
            (Field("kind", Template((Reference("item.type"), "/", Reference("item.#")))),),
            inner=True,
        ),
        ViewJoin(other, ((Reference("kind"), Constant("x")),), (Field("more", Reference("#")),)),
    )


def test_a_parent_s_keys_are_those_of_its_own_view(tmp_path: Path) -> None:
    text = (
        JSON
        + CSV
        + VIEW
        + _over('rml:parentTriplesMap <#Parent> ; rml:joinCondition [ rml:child "name" ; rml:parent "any" ]')
    )
    (rule,) = rules(tmp_path, text + triples_map(source="ex:Csv", name="Parent"))
    assert isinstance(rule.object, Joined)
    wrong = text.replace('rml:child "name"', 'rml:child "nam"')
    assert "the logical view has no field 'nam'; did you mean name?" in fault(
        tmp_path, wrong + triples_map(source="ex:Csv", name="Parent")
    )


@pytest.mark.parametrize(
    ("said", "what", "advice"),
    [
        ('rml:reference "Name"', "the logical view has no field 'Name'", "did you mean name?"),
        ('rml:reference "$.name"', "the logical view has no field '$.name'", "did you mean name?"),
        ('rml:template "x{item.typ}"', "the logical view has no field 'item.typ'", "did you mean item.type?"),
        ('rml:reference "item.typ.#"', "the logical view has no field 'item.typ.#'", "did you mean item.type.#"),
        ('rml:reference "zzz"', "the logical view has no field 'zzz'", "known are: name, item.type"),
        ('rml:reference "item"', "'item' holds records of the source, no value", "refer to a field: item.type"),
        ('rml:reference "<it>"', "'<it>' holds records of the source, no value", "refer to a field: name, item.type"),
        ('rml:reference "name" ; rml:languageMap [ rml:reference "l" ]', "the logical view has no field 'l'", "known are"),
        ('rml:functionExecution [ rml:function ex:f ; rml:input [ rml:parameter ex:a ; rml:inputValueMap [ rml:reference "b" ] ] ]', "the logical view has no field 'b'", "known are"),
    ],
)  # fmt: skip
def test_a_reference_to_what_a_view_has_not_is_told(tmp_path: Path, said: str, what: str, advice: str) -> None:
    found = fault(tmp_path, JSON + VIEW + _over(said))
    assert found.startswith(f"mapping.ttl, line {FIRST_LINE + 4} (<#Map>): {what}")
    assert advice in found
    assert found.endswith("[KG205]")


@pytest.mark.parametrize(
    ("described", "line", "what", "advice"),
    [
        (f"ex:View a rml:LogicalView ; rml:field {NAME} .", 0, "the logical view is on nothing", "add rml:viewOn"),
        ("ex:View rml:viewOn ex:Json .", 0, "the logical view has no field", "add rml:field"),
        (f"ex:View rml:viewOn ex:Json ; rml:field {NAME} ;\n rml:iterator '$' .", 1, "a logical view has no rml:iterator", "on what the view is on"),
        (f"ex:View rml:viewOn ex:Json ; rml:field {NAME} ,\n {NAME} .", 1, "two fields have the name 'name'", "give one another name"),
        ("ex:View rml:viewOn ex:Json ; rml:field\n [ rml:reference '$.a' ] .", 1, "the field has no name", "add rml:fieldName"),
        ("ex:View rml:viewOn ex:Json ; rml:field\n [ rml:fieldName 'a.b' ; rml:reference '$.a' ] .", 1, "'a.b' is no name of a field", "use letters, digits"),
        ("ex:View rml:viewOn ex:Json ; rml:field\n [ rml:fieldName '<it>' ; rml:reference '$.a' ] .", 1, "'<it>' is no name", "use letters"),
        ("ex:View rml:viewOn ex:Json ; rml:field\n [ rml:fieldName 'a' ] .", 1, "the field 'a' has neither an expression nor an iterator", "add rml:reference or rml:iterator"),
        ("ex:View rml:viewOn ex:Json ; rml:field\n [ rml:fieldName 'a' ; rml:reference '$.a' ; rml:iterator '$' ] .", 1, "a field has an expression or an iterator, not both", "take one away"),
        ("ex:View rml:viewOn ex:Json ; rml:field [ rml:fieldName 'a' ; rml:reference '$.a' ; rml:field\n [ rml:fieldName 'b' ; rml:reference '$.b' ] ] .", 1, "a field within a value holds records", "add rml:referenceFormulation and rml:iterator"),
        ("ex:View rml:viewOn ex:Json ; rml:field [ rml:fieldName 'a' ; rml:reference '$.a' ; rml:field\n [ rml:fieldName 'b' ; rml:iterator '$' ] ] .", 1, "nothing says what the value is written in", "add rml:referenceFormulation"),
        ("ex:View rml:viewOn ex:Json ; rml:field [ rml:fieldName 'a' ; rml:iterator '$.a' ;\n rml:referenceFormulation rml:CSV ] .", 1, "the reference formulation differs", "within a field that has an expression"),
        ("ex:View rml:viewOn ex:Json ; rml:field [ rml:fieldName 'a' ; rml:reference '$.a' ; rml:field [ rml:fieldName 'b' ;\n rml:referenceFormulation [ a rml:XPathReferenceFormulation ; rml:namespace [ rml:namespacePrefix 'p' ; rml:namespaceURL 'u' ] ] ] ] .", 1, "prefixes of its own for a field are not supported", "declare them in the logical source"),
        (f"{VIEW.replace('ex:View', 'ex:Lower')} ex:View rml:viewOn ex:Lower ; rml:field\n [ rml:fieldName 'a' ; rml:iterator '$' ] .", 1, "the fields of a logical view hold no records", "within one that holds a value"),
        (f"ex:View rml:viewOn ex:View ; rml:field {NAME} .", 0, "the logical view is made of itself", "take the circle apart"),
        ("ex:View rml:viewOn ex:Json ; rml:field ex:F .\n ex:F rml:fieldName 'f' ; rml:iterator '$' ; rml:field ex:F .", 1, "the field lies within itself", "take the circle apart"),
    ],
)  # fmt: skip
def test_a_fault_of_a_view_is_told_with_its_line(
    tmp_path: Path, described: str, line: int, what: str, advice: str
) -> None:
    found = faults(tmp_path, JSON + CSV + described + _over("rml:constant 1"))[0]
    assert found.startswith(f"mapping.ttl, line {FIRST_LINE + 2 + line} ")
    assert what in found
    assert advice in found


@pytest.mark.parametrize(
    ("join", "what", "advice"),
    [
        ("rml:field [ rml:fieldName 'b' ; rml:reference 'name' ]", "the join names no logical view", "give one with rml:parentLogicalView"),
        ("rml:parentLogicalView ex:Csv", "the join names no logical view", "give one with rml:parentLogicalView"),
        ("rml:parentLogicalView ex:View ; rml:field [ rml:fieldName 'b' ; rml:reference 'name' ]", "the join has no condition", "add rml:joinCondition"),
        ("rml:parentLogicalView ex:View ; rml:joinCondition [ rml:child 'a' ; rml:parent 'name' ]", "the join adds no field", "add rml:field"),
        ("rml:parentLogicalView ex:View ; rml:joinCondition [ rml:child 'b' ; rml:parent 'name' ]", "the logical view has no field 'b'", "known are: a"),
        ("rml:parentLogicalView ex:View ; rml:joinCondition [ rml:child 'a' ; rml:parent 'nme' ]", "the logical view has no field 'nme'", "did you mean name?"),
        ("rml:parentLogicalView ex:View ; rml:joinCondition [ rml:child 'a' ; rml:parent 'name' ] ; rml:field [ rml:fieldName 'a' ; rml:reference 'name' ]", "the view has a field 'a' already", "another name"),
        ("rml:parentLogicalView ex:View ; rml:joinCondition [ rml:child 'a' ; rml:parent 'name' ] ; rml:field [ rml:fieldName 'b' ; rml:reference 'nam' ]", "the logical view has no field 'nam'", "did you mean name?"),
        ("rml:parentLogicalView ex:View ; rml:joinCondition [ rml:child 'a' ; rml:parent 'name' ] ; rml:field [ rml:fieldName 'b' ; rml:iterator '$' ]", "the fields of a logical view hold no records", "put this field"),
        ("rml:parentLogicalView ex:View ; rml:joinCondition [ rml:child 'a' ; rml:parent 'name' ] ; rml:field [ rml:fieldName 'b' ; rml:reference 'name' ; rml:field [ rml:fieldName 'c' ; rml:referenceFormulation rml:CSV ] ]", "the joined field 'b' has fields of its own", "take them away"),
        ("rml:parentLogicalView ex:Joining ; rml:joinCondition [ rml:child 'a' ; rml:parent 'a' ]", "the logical view is made of itself", "take the circle apart"),
    ],
)  # fmt: skip
def test_a_fault_of_a_view_s_join_is_told(tmp_path: Path, join: str, what: str, advice: str) -> None:
    joining = f"ex:Joining rml:viewOn ex:Csv ; rml:field [ rml:fieldName 'a' ; rml:reference 'a' ] ; rml:leftJoin [ {join} ] ."
    found = fault(tmp_path, JSON + CSV + VIEW + joining + _over("rml:constant 1", "ex:Joining"))
    assert found.startswith(f"mapping.ttl, line {FIRST_LINE + 2} (ex:Joining): {what}")
    assert advice in found


def test_views_that_nobody_uses_are_read_too(tmp_path: Path) -> None:
    unused = "ex:Unused rml:viewOn ex:Json ; rml:field [ rml:fieldName 'a' ] .\n"
    assert "neither an expression nor an iterator" in fault(tmp_path, JSON + unused + triples_map("rml:constant 1"))


def test_annotations_change_nothing(tmp_path: Path) -> None:
    annotated = VIEW.replace(
        " .", ' ; rml:structuralAnnotation [ a rml:PrimaryKeyAnnotation ; rml:onFields ( "name" ) ] .'
    )
    assert view(tmp_path, annotated) == view(tmp_path, VIEW)
