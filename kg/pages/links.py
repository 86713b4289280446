"""The link relations of a page, for its head and for the header `Link` of an answer (signposting)."""

from __future__ import annotations

from typing import NamedTuple

from kg.pages.context import Context
from kg.pages.description import MEDIA_TYPES


class LinkRelation(NamedTuple):
    """A link of a page: where to, by which relation (RFC 8288), to which media type; `anchor` is what the link is of, where not the page."""

    href: str
    rel: str
    type: str = ""
    anchor: str = ""

    def __str__(self) -> str:
        """Return the link as it stands in the header `Link`."""
        more = (("rel", self.rel), ("type", self.type), ("anchor", self.anchor))
        return f"<{self.href}>" + "".join(f'; {name}="{value}"' for name, value in more if value)


def of_thing(context: Context, iri: str, types: tuple[str, ...] = ()) -> tuple[LinkRelation, ...]:
    """Return the relations of the page of a thing: its data, its other forms, its classes, the collection that it is in, the licence."""
    address = context.addresses
    forms = {suffix: address.document(iri, suffix) for suffix in address.suffixes}
    links = [LinkRelation(context.canonical(forms["html"]), "canonical")]
    links += [LinkRelation(href, "alternate", MEDIA_TYPES[suffix]) for suffix, href in forms.items()]
    links += [LinkRelation(forms[suffix], "describedby", MEDIA_TYPES[suffix]) for suffix in ("ttl", "jsonld")]
    # An IRI in a header is a URI: what cannot be one as it stands is left out there.
    links += [LinkRelation(type_, "type") for type_ in types if type_.isascii()]
    links += [LinkRelation(context.class_page(type_), "collection", "text/html") for type_ in types]
    return (*links, *_common(context))


def of_page(context: Context, href: str) -> tuple[LinkRelation, ...]:
    """Return the relations of any other page."""
    return (LinkRelation(context.canonical(href), "canonical"), *_common(context))


def _common(context: Context) -> tuple[LinkRelation, ...]:
    found = (LinkRelation(context.addresses.page(".well-known/void"), "describedby", "text/turtle"),)
    license_ = context.settings.license
    return (*found, LinkRelation(license_, "license")) if license_ else found
