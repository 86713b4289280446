"""Rules for web servers: the address of a thing leads to a document about it (303), in the form that the client likes most.

A web server has no arithmetic for the weights of an Accept header, so they are read to a tenth: a regular expression for each tenth and form, the
greatest first. Of forms with equal weights the page comes first, as in `kg serve`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from kg.pages import StaticAddresses
from kg.pages.addresses import RESERVED

# Suffix, media type, and the range that the media type is in.
_FORMS = (
    ("html", "text/html", "text/*"),
    ("ttl", "text/turtle", "text/*"),
    ("jsonld", "application/ld+json", "application/*"),
)
_MEDIA = {
    "html": "text/html",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "json": "application/json",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "xml": "application/xml",
    "txt": "text/plain",
    "zst": "application/zstd",
    "woff2": "font/woff2",
}
_IN_UTF8 = ("text/html", "text/turtle", "text/css", "text/javascript", "text/plain")
# Directories with other letters in their names get no rules.
_PLAIN = re.compile(r"[\w.,~/@:+-]*", re.ASCII)
_NOT_A_WEIGHT = r"(?:;(?!\s*q\s*=)[^,;]*)*"
_WEIGHTS = (
    r"(?:;\s*q\s*=\s*1(?:\.0*)?\s*)?(?:,|$)",
    *(rf";\s*q\s*=\s*0?\.{tenth}\d*\s*(?:[;,]|$)" for tenth in range(9, 0, -1)),
    r";\s*q\s*=\s*0?\.0\d*[1-9]\d*\s*(?:[;,]|$)",
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rules have to know.

    `documents` are the paths of documents that are no things (they answer 200), `moved` leads from the path of a thing whose name is no safe name of a
    file to that of its files, both below the root and percent-encoded; `dataset` is the path of the data set as a whole, where it has one. The things in
    the directories `bundled` share files; None where those are too many for a rule of each, so that any name that has no files of its own may be one.
    """

    addresses: StaticAddresses
    url: str
    documents: Sequence[str] = ()
    moved: Sequence[tuple[str, str]] = ()
    dataset: str | None = None
    bundled: Sequence[str] | None = ()

    def bundles(self) -> list[str]:
        """Return regular expressions for what follows the root in decoded paths of things that share files; the last group is the bundle's name."""
        end = rf"[^/.]*?([0-9a-z_-]{{0,{self.addresses.letters}}})(?:\.[^/]*)?$"
        if self.bundled is None:
            return [f"(?:.*/)?{end}"]
        plain = (each for each in map(unquote, self.bundled) if _PLAIN.fullmatch(each))
        return [f"{_quoted(each)}{end}" for each in plain if each.partition("/")[0] not in RESERVED]


def files(rules: Rules) -> Iterator[tuple[str, bytes]]:
    """Yield the files with the rules, by name."""
    yield ".htaccess", _apache(rules).encode()
    yield "redirects/nginx-http.conf", _nginx_http(rules).encode()
    yield "redirects/nginx-server.conf", _nginx_server(rules).encode()
    if rules.url:
        yield "redirects/w3id.htaccess", _w3id(rules).encode()


def accepted() -> Iterator[tuple[str, str]]:
    """Yield a regular expression for the header Accept and the suffix that it stands for; the first that is found holds."""
    yield r"^\s*$", ".html"
    for weight in _WEIGHTS:
        for suffix, media, kind in _FORMS:
            exact, range_, any_ = re.escape(media), re.escape(kind), r"\*/\*"
            # The narrower range has the say over the broader.
            no_exact, no_range = (rf"(?!(?:.*,)?\s*{each}\s*(?:[;,]|$))" for each in (exact, range_))
            lead = ("", no_exact, no_exact + no_range)
            ways = "|".join(
                rf"{look}(?:.*,)?\s*{place}\s*{_NOT_A_WEIGHT}{weight}"
                for look, place in zip(lead, (exact, range_, any_), strict=True)
            )
            yield f"^(?:{ways})", f".{suffix}"


def _nginx_http(rules: Rules) -> str:
    root = rules.addresses.root
    forms = "".join(f'    "~*{pattern}" {suffix};\n' for pattern, suffix in accepted())
    documents = "".join(f'    "~^{_quoted(root + path)}$" Accept;\n' for path in rules.documents)
    moved = "".join(f'    "~^{_quoted(root + path)}$" "{root}{place}";\n' for path, place in rules.moved)
    bundles = "".join(f'    "~^{_quoted(root)}{each}" "{root}bundle/_$1";\n' for each in rules.bundles())
    return f"""# Include this in the block `http`, and nginx-server.conf in the block `server`. Written by kg publish.
# The form that a client likes most.
map $http_accept $kg_form {{
    default "";
    "" .html;
{forms}}}
# The path as it was sent; two slashes at its beginning would lead to another host.
map $request_uri $kg_path {{
    default "";
    "~^(?<kg_sent>/(?!/)[^?]*)" $kg_sent;
}}
# Documents that are no things: they are sent at their own address.
map $kg_path $kg_vary {{
    default "";
{documents}}}
map $kg_vary $kg_place {{
    default "";
    Accept $kg_path$kg_form;
}}
# Things that share files, by the last letters of their names; on a page each has a section.
map $uri $kg_bundle {{
    default "";
{bundles}}}
map $kg_path $kg_section {{
    default "";
    "~^{_quoted(root)}(?<kg_local>.*)$" "#$kg_local";
}}
# Things whose names are no safe names of files.
map $kg_path $kg_moved {{
    default "";
{moved}}}
"""


def _nginx_server(rules: Rules) -> str:
    root = rules.addresses.root
    types = "".join(f"        {media} {suffix};\n" for suffix, media in _MEDIA.items())
    dataset = (
        f"""
location = {root}{rules.dataset} {{
    absolute_redirect off;
    return 303 {root}void.ttl;
}}
"""
        if rules.dataset
        else ""
    )
    return f"""# Include this in the block `server`, whose `root` is the folder that `{root}` of the site lies in. Written by kg publish.
location {root} {{
    types {{
{types}    }}
    charset utf-8;
    charset_types {" ".join(_IN_UTF8)};
    add_header Access-Control-Allow-Origin * always;
    add_header X-Content-Type-Options nosniff always;
    add_header Vary $kg_vary always;
    add_header Content-Location $kg_place always;
    error_page 404 {root}404.html;
    try_files $uri @kg_thing;
}}
location = {root} {{
    types {{
        text/html html;
    }}
    charset utf-8;
    add_header X-Content-Type-Options nosniff always;
    try_files {root}index.html =404;
}}
location ^~ {root}.kg-site {{
    return 404;
}}
{dataset}
location @kg_thing {{
    absolute_redirect off;
    error_page 404 {root}404.html;
    add_header Access-Control-Allow-Origin * always;
    add_header Vary Accept always;
    set $kg_found "";
    set $kg_at "";
    if (-f $document_root$kg_bundle.html) {{
        set $kg_found $kg_bundle;
        set $kg_at $kg_form$kg_section;
    }}
    if ($kg_moved) {{
        set $kg_found $kg_moved;
        set $kg_at "";
    }}
    if (-f $document_root$uri.html) {{
        set $kg_found $kg_path;
        set $kg_at "";
    }}
    if ($kg_found = "") {{
        return 404;
    }}
    if ($kg_form = "") {{
        return 406;
    }}
    if ($kg_vary) {{
        rewrite ^(.*)$ $1$kg_form last;
    }}
    if ($kg_at ~ ^\\.html) {{
        return 303 $kg_found$kg_at;
    }}
    return 303 $kg_found$kg_form;
}}
"""


def _apache(rules: Rules) -> str:
    root = rules.addresses.root
    types = "".join(f"AddType {media} .{suffix}\n" for suffix, media in _MEDIA.items())
    charsets = " ".join(f".{suffix}" for suffix, media in _MEDIA.items() if media in _IN_UTF8)
    moved = "".join(
        f'RewriteCond %{{ENV:KG_PATH}} "^{_quoted(root + path)}$"\nRewriteRule ^ {root}{place}%{{ENV:KG_FORM}} [R=303,L,NE,E=KG_VARY:1]\n'
        for path, place in rules.moved
    )
    documents = "".join(
        f"""RewriteCond %{{ENV:KG_PATH}} "^{_quoted(root + path)}$"
RewriteCond %{{REQUEST_FILENAME}}.html -f
RewriteRule ^(.*)$ $1%{{ENV:KG_FORM}} [L,E=KG_VARY:1,E=KG_PLACE:%{{ENV:KG_PATH}}%{{ENV:KG_FORM}}]
"""
        for path in rules.documents
    )
    dataset = (
        f'RewriteCond %{{ENV:KG_PATH}} "^{_quoted(root + rules.dataset)}$"\nRewriteRule ^ {root}void.ttl [R=303,L]\n'
        if rules.dataset
        else ""
    )
    bundles = "".join(
        f'RewriteCond %{{REQUEST_URI}} "^{_quoted(root)}{each}"\nRewriteRule ^ - [E=KG_BUNDLE:{root}bundle/_%1]\n'
        for each in rules.bundles()
    )
    return f"""# For Apache 2.4, with `AllowOverride All` for this folder. Written by kg publish.
Options -Indexes -MultiViews
DirectoryIndex index.html
DirectorySlash Off
{types}AddCharset utf-8 {charsets}
ErrorDocument 404 {root}404.html
<IfModule mod_headers.c>
Header always set Access-Control-Allow-Origin "*"
Header always set X-Content-Type-Options nosniff
Header always set Vary Accept env=KG_VARY
Header always set Vary Accept env=REDIRECT_KG_VARY
Header always set Content-Location "%{{REDIRECT_KG_PLACE}}e" env=REDIRECT_KG_PLACE
</IfModule>
RewriteEngine On
RewriteRule ^\\.kg-site - [R=404,L]
RewriteCond %{{REQUEST_FILENAME}} -f
RewriteRule ^ - [L]
# The path as it was sent; two slashes at its beginning would lead to another host.
RewriteCond %{{THE_REQUEST}} "^[A-Z]+ (/(?!/)[^? ]*)[? ]"
RewriteRule ^ - [E=KG_PATH:%1]
{_rewritten()}{dataset}# A thing that is not there is not found, whatever is accepted.
RewriteCond %{{REQUEST_FILENAME}}.html -f
RewriteCond %{{ENV:KG_FORM}} ^$
RewriteRule ^ - [R=406,L,E=KG_VARY:1]
{documents}{moved}RewriteCond %{{REQUEST_FILENAME}}.html -f
RewriteCond %{{ENV:KG_PATH}} .
RewriteRule ^ %{{ENV:KG_PATH}}%{{ENV:KG_FORM}} [R=303,L,NE,E=KG_VARY:1]
{_bundled(bundles, f"^{_quoted(root)}(.*)$") if bundles else ""}"""


def _bundled(bundles: str, local: str) -> str:
    """Return the rules for things that share files, which come after those for all others."""
    return f"""# Things that share files, by the last letters of their names; on a page each has a section.
{bundles}RewriteCond %{{ENV:KG_BUNDLE}} ^$ [OR]
RewriteCond %{{DOCUMENT_ROOT}}%{{ENV:KG_BUNDLE}}.html !-f
RewriteRule ^ - [L]
RewriteCond %{{ENV:KG_FORM}} ^$
RewriteRule ^ - [R=406,L,E=KG_VARY:1]
RewriteCond %{{ENV:KG_FORM}} ^\\.html$
RewriteCond %{{ENV:KG_PATH}} "{local}"
RewriteRule ^ %{{ENV:KG_BUNDLE}}.html#%1 [R=303,L,NE,E=KG_VARY:1]
RewriteCond %{{ENV:KG_PATH}} .
RewriteRule ^ %{{ENV:KG_BUNDLE}}%{{ENV:KG_FORM}} [R=303,L,NE,E=KG_VARY:1]
"""


def _w3id(rules: Rules) -> str:
    """Return the rules for the host of the IRIs, such as w3id.org, where the site stands elsewhere."""
    base = urlsplit(rules.addresses.base).path or "/"
    dataset = (
        f'RewriteCond %{{ENV:KG_PATH}} "^{_quoted(rules.dataset)}$"\nRewriteRule ^ {rules.url}void.ttl [R=303,L]\n'
        if rules.dataset
        else ""
    )
    moved = "".join(
        f'RewriteCond %{{ENV:KG_PATH}} "^{_quoted(path)}$"\nRewriteRule ^ {rules.url}{place}%{{ENV:KG_FORM}} [R=303,L,NE]\n'
        for path, place in rules.moved
    )
    patterns = rules.bundles() if rules.bundled is not None else []
    bundles = "".join(
        f'RewriteCond %{{REQUEST_URI}} "^{_quoted(base)}{each}"\nRewriteRule ^ {rules.url}bundle/_%1%{{ENV:KG_FORM}}%{{ENV:KG_SECTION}} [R=303,L,NE]\n'
        for each in patterns
    )
    if bundles:
        section = 'RewriteCond %{ENV:KG_FORM}#%{ENV:KG_PATH} "^\\.html(#.*)$"\nRewriteRule ^ - [E=KG_SECTION:%1]\n'
        # Documents that are no things have files of their own, wherever they are.
        own = "".join(
            f'RewriteCond %{{ENV:KG_PATH}} "^{_quoted(path)}$"\nRewriteRule ^ {rules.url}{path}%{{ENV:KG_FORM}} [R=303,L,NE]\n'
            for path in rules.documents
        )
        bundles = f"# Things that share files.\n{own}{section}{bundles}"
    return f"""# For the host of the IRIs ({rules.addresses.base}), such as w3id.org: leads from there to {rules.url}. Written by kg publish.
Options -MultiViews
RewriteEngine On
RewriteCond %{{THE_REQUEST}} "^[A-Z]+ {_quoted(base)}([^? ]*)[? ]"
RewriteRule ^ - [E=KG_PATH:%1]
RewriteCond %{{ENV:KG_PATH}} ^$
RewriteRule ^ {rules.url} [R=303,L]
RewriteCond %{{ENV:KG_PATH}} "\\.(?:html|ttl|jsonld)$"
RewriteRule ^ {rules.url}%{{ENV:KG_PATH}} [R=302,L,NE]
{_rewritten()}{dataset}RewriteCond %{{ENV:KG_FORM}} ^$
RewriteRule ^ - [R=406,L]
{moved}{bundles}RewriteRule ^ {rules.url}%{{ENV:KG_PATH}}%{{ENV:KG_FORM}} [R=303,L,NE]
"""


def _rewritten() -> str:
    """Return the rules that find out the form."""
    lines = []
    for pattern, suffix in accepted():
        lines.append("RewriteCond %{ENV:KG_FORM} ^$\n")
        lines.append(f'RewriteCond %{{HTTP_ACCEPT}} "{pattern}" [NC]\n')
        lines.append(f"RewriteRule ^ - [E=KG_FORM:{suffix}]\n")
    return "".join(lines)


def _quoted(path: str) -> str:
    """Return a percent-encoded path as it stands in a regular expression between quotes."""
    return re.sub(r"([.^$*+?()\[\]{}|\\%])", r"\\\1", path).replace('"', "").replace("\\%", "%")
