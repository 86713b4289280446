"""`kg serve`."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import size

# What a request may send: a graph, or no more than a query.
_BODY, _ASKED = 64 << 20, 1 << 20
# With less, a process for queries cannot open even a small store; measured: 224 MB, its code and threads included.
_LEAST = 256 << 20
_STRONG = "make one of 16 characters or more, such as with `openssl rand -hex 16`"


def _is_prefix(text: str) -> bool:
    """Return whether a text fixes the host of every address that starts with it."""
    scheme, separator, rest = text.partition("://")
    return (
        scheme in ("http", "https") and bool(separator) and "/" in rest and not rest.startswith("/") and "@" not in rest
    )


def _base(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and (not _is_prefix(value) or not value.endswith("/")):
        raise click.BadParameter("it must start with http or https and end in /, such as https://data.example.org/")
    return value


@click.command("serve")
@click.argument("target")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 is all of this machine's."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="The port; 0 takes any that is free."
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="HOST",
    help="Another name under which a server on a local address may be called.",
)
@click.option(
    "--url",
    default="",
    metavar="URL",
    help="The address by which the public reaches the server, where another stands before it.",
)
@click.option(
    "--title",
    default="",
    metavar="TEXT",
    help="What the pages call the graph; else the title of the release, or the name of TARGET.",
)
@click.option(
    "--base",
    metavar="IRI",
    callback=_base,
    help="What the IRIs of the data start with that are served here; else it is found in the data.",
)
@click.option(
    "--writable",
    is_flag=True,
    help="Take updates, and graphs by the Graph Store Protocol. TARGET is then the folder of a store.",
)
@click.option("--token-file", type=click.Path(path_type=Path), help="A file with the token that updates must show.")
@click.option("--open", "open_", is_flag=True, help="With --writable: anyone who reaches the server may write.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 86400),
    default=30.0,
    show_default=True,
    help="Seconds that a query may take.",
)
@click.option(
    "--rows",
    type=click.IntRange(0),
    default=100_000,
    show_default=True,
    help="Rows that an answer may have; 0 for any number.",
)
@click.option(
    "--memory",
    default="1GB",
    show_default=True,
    metavar="SIZE",
    help="Memory that one query may take, 256MB or more; 0 for any.",
)
@click.option(
    "--workers",
    type=click.IntRange(0, 256),
    default=0,
    help="Processes for queries, for each process that speaks HTTP; 0 chooses by the machine.",
)
@click.option(
    "--fronts", type=click.IntRange(0, 64), default=0, help="Processes that speak HTTP; 0 chooses by the machine."
)
@click.option(
    "--cache",
    default="64MB",
    show_default=True,
    metavar="SIZE",
    help="Memory for answers that were given before; 0 for none.",
)
@click.option(
    "--rate",
    type=click.FloatRange(0),
    default=0.0,
    help="Requests a second that one client may send; 0 for any number.",
)
@click.option("--connections", type=click.IntRange(1), default=1000, show_default=True, help="Connections at a time.")
@click.option(
    "--allow-service", "services", multiple=True, metavar="PREFIX", help="SERVICE may name addresses that start so."
)
@click.option("--allow-load", "loads", multiple=True, metavar="PREFIX", help="LOAD may name addresses that start so.")
@click.option(
    "--access-log", default="", metavar="FILE", help="Write a line of JSON for each request; - is standard error."
)
def command(
    target: str,
    host: str,
    port: int,
    names: tuple[str, ...],
    url: str,
    title: str,
    base: str | None,
    writable: bool,
    token_file: Path | None,
    open_: bool,
    timeout: float,
    rows: int,
    memory: str,
    workers: int,
    fronts: int,
    cache: str,
    rate: float,
    connections: int,
    services: tuple[str, ...],
    loads: tuple[str, ...],
    access_log: str,
) -> int:
    """Serve TARGET (a release, an RDF file, or a store) as a SPARQL endpoint and as pages, until Ctrl-C.

    The one line on standard output is the address. When `kg build` puts a new release at TARGET, requests are answered from it at once.

    \b
    Examples:
      kg serve build
      kg serve graph.ttl --port 0
      kg serve store --writable --token-file token.txt
    """
    from kg.serving import ServeSettings, serve
    from kg.serving.limits import HttpLimits

    if writable and token_file is None and not open_:
        raise click.UsageError(
            "--writable needs --token-file FILE, or --open to let anyone write who reaches the server."
        )
    if not writable and (token_file or open_):
        raise click.UsageError("--token-file and --open go with --writable.")
    for option, prefixes in (("--allow-service", services), ("--allow-load", loads)):
        for prefix in prefixes:
            if not _is_prefix(prefix):
                raise click.UsageError(
                    f"{option} takes what an address starts with, host and slash included, such as https://example.org/."
                )
    allowed = size(memory)
    if 0 < allowed < _LEAST:
        raise click.UsageError(
            f"--memory {memory} is too little for a process to begin with; give 256MB or more, or 0 for any."
        )
    settings = ServeSettings(
        host=host,
        port=port,
        names=tuple(name.lower() for name in names),
        url=url.rstrip("/") if url else "",
        title=title,
        base=base,
        writable=writable,
        token=_token(token_file) if token_file else None,
        seconds=timeout,
        rows=rows,
        memory=allowed,
        workers=workers,
        fronts=fronts,
        cache=size(cache),
        rate=rate,
        services=services,
        loads=loads,
        access_log=access_log,
        http=HttpLimits(connections=connections, body=_BODY if writable else _ASKED),
    )
    serve(target, settings, click.echo)
    return 0


def _token(path: Path) -> str:
    from kg.errors import ServeError

    try:
        token = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror or "").lower() if isinstance(error, OSError) else "it is not UTF-8"
        raise ServeError("KG614", f"the token cannot be read: {why}", where=str(path), advice=_STRONG) from error
    if len(token) < 16 or not token.isprintable() or " " in token:
        raise ServeError(
            "KG614",
            "the token is too short, or has spaces",
            where=str(path),
            advice=_STRONG,
        )
    return token
