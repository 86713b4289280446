"""Cases of the RML suites that do not come out as published, each with the clause that the case breaks, and those that cannot run here.

A case that is not listed must pass. One that is listed must come out just as the list says, and not as published: so an entry that is no longer needed shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.rdf.namespaces import XSD
from tests.conformance.datasets import Change, typed_integers


@dataclass(frozen=True, slots=True)
class Deviation:
    """How a case comes out instead.

    With `code`, the command ends with that error. Else `edits` are replacements (regular expressions, of the text before) in the published files, by name, and `change` is made
    to their literals.
    """

    reason: str
    code: str = ""
    edits: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    change: Change | None = None


DEVIATIONS: dict[str, Deviation] = {
    "RMLTC0027b-JSON": Deviation(
        "The expected file is no N-Quads: two of its IRIs hold a space. By RML-Core (term generation rules, 2) what is no valid IRI is a data error, for rml:UnsafeIRI too; ends with that error.",
        code="KG207",
    ),
    **dict.fromkeys(
        (
            *("RMLTTC0004a", "RMLTTC0004c", "RMLTTC0004f", "RMLTTC0004g", "RMLTTC0005b"),
            *("RMLTTC0006b", "RMLTTC0006c", "RMLTTC0006d", "RMLTTC0006e", "RMLIOREGTC0007a", "RMLIOREGTC0008a"),
        ),
        Deviation(
            "The expected file has the numbers of JSON as plain literals, against the natural RDF mapping of JSON values (RML-IO-Registry: a number without fraction is an xsd:integer) "
            "and the other cases; each age is an xsd:integer, all else as published.",
            change=typed_integers,
        ),
    ),
    "RMLTTC0004e": Deviation(
        "The expected file is no RDF/JSON: its values are to be strings (RDF 1.1 JSON Alternate Serialization), and it has numbers without a datatype; each age is an xsd:integer, all else as published.",
        change=typed_integers,
    ),
    "RMLSTC0003": Deviation(
        "The expected file has ages as xsd:integer, but the source has them as plain literals, and SPARQL results as CSV have no datatypes (SPARQL 1.1 CSV, 3.2); each age is a plain literal.",
        edits={"default.nq": ((rf"\^\^<{XSD}integer>", ""),)},
    ),
    "RMLSTC0009a": Deviation(
        "An error is expected, but names in quotes are CSV (RFC 4180, 2), and the case has an expected file as well, which the manifest does not name; gives what that file has.",
        edits={"output.nq": ()},
    ),
    "RMLIOREGTC0003d": Deviation(
        "The prefix ex stands for http://example.org, but the elements are in http://example.org/, and those without a prefix would be in no namespace (Namespaces in XML 1.0, 2.3; "
        "XPath 1.0, 2.3), so that nothing is found; gives no triple.",
        edits={"output.nq": ((r"(?s).*", ""),)},
    ),
    "RMLIOREGTC0004k": Deviation(
        "The expected file has a column of type INTEGER as a plain literal, against the natural RDF mapping of SQL values (R2RML 10.2) and cases 0004q and 0004r: it is an xsd:integer.",
        edits={"output.nq": ((r'"10"', f'"10"^^<{XSD}integer>'),)},
    ),
    "RMLIOREGTC0004l": Deviation(
        "The query selects a column NoColumnName that the table lacks, so MySQL cannot run it (R2RML 5.2: a SQL query that is not valid is an error); ends with an error.",
        code="KG234",
    ),
    "RMLIOREGTC0005d": Deviation(
        "An error is expected, but neither mapping nor data has one: both are those of case 0004c (a NULL), for PostgreSQL; gives the triple of 0004c.",
        edits={
            "output.nq": (
                (
                    "^",
                    '<http://example.com/Person/2/Bob/September%2C%202010> <http://example.com/BirthDay> "September, 2010" .\n',
                ),
            )
        },
    ),
    **dict.fromkeys(
        ("RMLIOREGTC0005k", "RMLIOREGTC0005l"),
        Deviation(
            'The query selects the columns ID and Name without delimiters, which PostgreSQL reads as id and name; the table has "ID" and "Name", so it cannot be run (R2RML 5.2); ends with an error.',
            code="KG234",
        ),
    ),
    "RMLIOREGTC0012i": Deviation(
        "The mapping is that of another case: it names the columns ID and Name, the file has id, name and age (RML-IO-Registry, CSV: an expression is a column's name); ends with an error.",
        code="KG205",
    ),
    **dict.fromkeys(
        ("RMLIOREGTC0009a", "RMLIOREGTC0010a"),
        Deviation(
            "The mapping is no Turtle: its third, fourth and fifth line end a prefix with a semicolon (Turtle 6.5, prefixID); ends with an error. Streams (Kafka, MQTT) are not read.",
            code="KG202",
        ),
    ),
}

NOT_RUN: dict[str, str] = {
    **{f"RMLIOREGTC0006{letter}": "SQL Server: no server for this machine." for letter in "abcdefghijklmnpqrstuvwxyz"},
}
