"""A mapping as rules: what every mapping language is normalised to, and all that readers and planner see.

A `Rule` makes one quad from one record of one source; shortcuts and classes are spelled out, and predicates, objects and graphs of a triples map
that occur several times are multiplied out, so that a rule has exactly four terms. A `Collection` makes the quads that a list or container consists of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


class TermType(StrEnum):
    """The kind of RDF term that a term map makes (RML-Core, section on term types)."""

    IRI = "IRI"
    URI = "URI"  # an IRI of ASCII only: what else a value holds is percent-encoded
    UNSAFE_IRI = "UnsafeIRI"  # an IRI into which values go as they are
    UNSAFE_URI = "UnsafeURI"
    BLANK_NODE = "BlankNode"
    LITERAL = "Literal"


class Formulation(StrEnum):
    """What the references of a source are written in, and how its content becomes records."""

    CSV = "CSV"  # a file of rows; a reference is a column's name
    JSON = "JSONPath"
    XML = "XPath"
    TABLE = "table"  # rows of a database's or the session's table, which `iterator` names
    QUERY = "query"  # rows of a SELECT in the database's or the session's SQL, which `iterator` holds
    PARQUET = "Parquet"
    SHEET = "spreadsheet"  # a sheet of an Excel or ODF file, which `iterator` names (else the first)
    SPARQL_CSV = "SPARQL results as CSV"  # bindings of the SELECT in `iterator`; a reference is a variable's name
    SPARQL_JSON = "SPARQL results as JSON"  # the results document, with `query`; a reference is a JSONPath
    SPARQL_XML = "SPARQL results as XML"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a mapping something stands: the file, the line (from 1; 0 where it is not known) and the node's name."""

    file: str = ""
    line: int = 0
    name: str = ""

    def __str__(self) -> str:
        """`mapping.ttl, line 7 (<#ModelMap>)`."""
        line = f", line {self.line}" if self.line else ""
        return f"{self.file}{line}" + (f" ({self.name})" if self.name else "")


# Expressions: how a value (text, no RDF term yet) is made from a record.


@dataclass(frozen=True, slots=True, order=True)
class Constant:
    """A text that is the same for all records."""

    value: str


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """What the source's formulation finds in the record: a column's name, a JSONPath, an XPath, or the name of a view's field."""

    name: str
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True, order=True)
class Template:
    """Texts and references, joined; a reference with several values makes a value for each."""

    parts: tuple[str | Reference, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function's result: `function`, the parameters and `output` (None: its first) are IRIs, `inputs` are pairs of parameter and value."""

    function: str
    inputs: tuple[tuple[str, Expression], ...]
    output: str | None = None
    place: Place = field(default=Place(), compare=False)


Expression: TypeAlias = Constant | Reference | Template | Call


# Terms: how an RDF term is made.


@dataclass(frozen=True, slots=True)
class ConstantTerm:
    """A finished term in canonical N-Triples syntax."""

    text: str


@dataclass(frozen=True, slots=True)
class TermMap:
    """A term from a value. Without expression (blank nodes only), each record has a node of its own; `base` is then a name that no other map has.

    In templates of IRIs, references are made safe for an IRI (not for the unsafe term types); an IRI from a reference or function is checked
    instead, and a relative one is resolved against `base`. `datatype` and `language` give the bare IRI or tag. Where a condition is not the text `true`, there is no term.
    """

    expression: Expression | None
    term_type: TermType
    base: str = ""
    datatype: TermMap | ConstantTerm | None = None
    language: TermMap | ConstantTerm | None = None  # a ConstantTerm's text is here the bare tag or IRI
    conditions: tuple[Expression, ...] = ()
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class QuotedTriple:
    """An RDF 1.2 triple term, whose parts are made from the same record."""

    subject: Term
    predicate: Term
    object: Term


@dataclass(frozen=True, slots=True)
class Reifier:
    """The blank node that stands for a triple term where a subject is wanted; the planner makes it, no mapping does."""

    triple: QuotedTriple


@dataclass(frozen=True, slots=True)
class Gather:
    """The head of a list or container (RML-CC): `head` names it, else it is a blank node of the record's own.

    `name` is unique in the mapping. The term is missing where there is no member and `allow_empty` is false; an empty list is rdf:nil.
    With `cartesian`, members multiply to several lists.
    """

    name: str
    kind: str  # the IRI of rdf:List, rdf:Bag, rdf:Seq or rdf:Alt
    members: tuple[Term | Joined, ...]
    head: TermMap | ConstantTerm | None = None
    allow_empty: bool = False
    cartesian: bool = False


Term: TypeAlias = ConstantTerm | TermMap | QuotedTriple | Reifier | Gather


# Sources: where records come from.


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written, where it is not as RFC 4180 has it (CSVW)."""

    delimiter: str = ","
    quote: str = '"'
    double_quote: bool = True  # a quote in a quoted field is doubled; else a backslash stands before it
    comment: str = ""  # lines that start so are no rows
    header: bool = True
    skip_rows: int = 0  # lines before the header
    trim: bool = False
    columns: tuple[str, ...] = ()  # names that take the place of the header's


@dataclass(frozen=True, slots=True)
class File:
    """A file, a glob, a folder or an http(s) URL; `-` is standard input. Relative paths are already resolved."""

    path: str
    encoding: str = "utf-8"
    compression: str = ""  # "", gzip, zstd, zip, targz, tarxz; "" takes it from the suffix
    dialect: Dialect = Dialect()


@dataclass(frozen=True, slots=True)
class Database:
    """A database by its URL (`postgresql://host:port/name`, `mysql://`, `sqlite:///path`, `duckdb:///path`); "" is the running session."""

    url: str = ""
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A SPARQL endpoint."""

    url: str


@dataclass(frozen=True, slots=True)
class LogicalSource:
    """Records: `iterator` is a path, a table's name or a query, as the formulation has it. `nulls` are texts that mean no value."""

    formulation: Formulation
    access: File | Database | Endpoint
    iterator: str = ""
    nulls: tuple[str, ...] = ()
    namespaces: tuple[tuple[str, str], ...] = ()  # prefixes of an XPath
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a logical view. With `iterator` it holds records (in `formulation`, else its parent's), with `expression` values; its own fields lie within."""

    name: str
    expression: Expression | None = None
    iterator: str | None = None
    formulation: Formulation | None = None
    fields: tuple[Field, ...] = ()
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class ViewJoin:
    """Records of another view whose `fields` are added; conditions are pairs of (expression here, expression there) that are equal."""

    parent: View
    conditions: tuple[tuple[Expression, Expression], ...]
    fields: tuple[Field, ...]
    inner: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """A logical view (RML-LV): flat rows; a reference is a field's path (`item.type`), or an index (`#`, `item.#`), an integer from 0."""

    on: Source
    fields: tuple[Field, ...]
    joins: tuple[ViewJoin, ...] = ()
    place: Place = field(default=Place(), compare=False)


Source: TypeAlias = LogicalSource | View


@dataclass(frozen=True, slots=True)
class Joined:
    """A term made from the records of another source whose conditions, pairs of (expression here, expression there), are equal as text; NULL equals nothing."""

    term: Term
    source: Source
    conditions: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class Target:
    """Where quads go besides or instead of the output: a file, with its syntax (`nq`, `nt`, `ttl`, `trig`, `n3`, `rdf`, `jsonld`, `rj`), encoding and compression."""

    path: str
    syntax: str = "nq"
    encoding: str = "utf-8"
    compression: str = ""  # "", gzip, zstd, zip, targz, tarxz


@dataclass(frozen=True, slots=True)
class Rule:
    """Makes a quad from each record of `source`; at most one of subject and object is joined. `graph` None is the default graph.

    Without targets, quads go to the output; with some, only there.
    """

    source: Source
    subject: Term | Joined
    predicate: Term
    object: Term | Joined
    graph: Term | None = None
    targets: tuple[Target, ...] = ()
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Collection:
    """Makes the quads of which the list or container of `gather` consists, in `graph`; records that give the same head add to one."""

    source: Source
    gather: Gather
    graph: Term | None = None
    targets: tuple[Target, ...] = ()
    place: Place = field(default=Place(), compare=False)


Statement: TypeAlias = Rule | Collection


@dataclass(frozen=True, slots=True)
class Rules:
    """A mapping, read: its statements in a fixed order, and the prefixes of its file (for those who write Turtle)."""

    statements: tuple[Statement, ...]
    prefixes: Mapping[str, str]


# What a reader says of a source that it has opened.


@dataclass(frozen=True, slots=True)
class Column:
    """What a reference stands for: a column of the source's relation, all VARCHAR (or VARCHAR[] with `many`) in the lexical form that RDF wants.

    `datatype` is the natural datatype's IRI (None: plain text). With `json` the column is JSON (JSON[] with `many`), whose values have their datatypes each.
    """

    name: str
    datatype: str | None = None
    json: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A source, opened: the name of its relation, the column of each reference that was asked for (by `Reference.name`), and the references that are known to hold no value twice."""

    name: str
    columns: Mapping[str, Column]
    keys: tuple[str, ...] = ()
