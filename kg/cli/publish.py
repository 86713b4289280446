"""`kg publish`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("publish")
@click.argument("target")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False), help="The directory of the site."
)
@click.option(
    "--url",
    default="",
    metavar="URL",
    help="The address at which the site will stand, such as https://someone.github.io/project/; else the top of any host.",
)
@click.option(
    "--base",
    default="",
    metavar="IRI",
    help="What the IRIs of the data start with that have a page of their name; else it is found in the data.",
)
@click.option(
    "--title",
    default="",
    metavar="TEXT",
    help="What the pages call the graph; else the title of the release, or the name of TARGET.",
)
@click.option("--description", default="", metavar="TEXT", help="What the graph is about, for the home page.")
@click.option("--license", default="", metavar="IRI", help="The licence of the data.")
@click.option(
    "--release",
    "version",
    default="",
    metavar="NAME",
    help="The name of this release, such as 2026.1; else it is made of its content.",
)
@click.option(
    "--previous",
    type=click.Path(path_type=Path, exists=True),
    metavar="TARGET",
    help="The release before this one, for the page of what changed; else the one that the site showed last.",
)
@click.option(
    "--files",
    type=click.IntRange(min=100),
    default=300_000,
    show_default=True,
    help="So many files things have at most; where there would be more, things share files.",
)
@click.option("--jobs", type=click.IntRange(0, 256), default=0, help="Processes to work in; 0 for one a processor.")
def command(
    target: str,
    output: Path,
    url: str,
    base: str,
    title: str,
    description: str,
    license: str,  # noqa: A002 - the option is called so
    version: str,
    previous: Path | None,
    files: int,
    jobs: int,
) -> int:
    """Write TARGET (a release or an RDF file) as a static site of linked data, for any web server.

    Only what changed is written: unchanged files keep their time, files that are no longer needed go, and files that others put there stay. Files of
    earlier releases stay, too.

    \b
    Examples:
      kg publish build -o site
      kg publish build -o site --url https://someone.github.io/project/ --title "Models"
      kg publish graph.ttl -o site
    """
    import os

    from kg.cli.talk import Talk
    from kg.errors import PublishError
    from kg.publishing import PublishSettings, publish

    settings = PublishSettings(
        url=url,
        base=base,
        title=title,
        description=description,
        license=license,
        version=version,
        previous=previous,
        files=files,
        jobs=jobs or os.cpu_count() or 1,
    )
    try:
        with Talk() as talk:
            done = publish(target, output, settings, talk.progress)
    except KeyboardInterrupt:
        raise PublishError(
            "KG657",
            "stopped before the end; each file that is there is whole, but some may be of the run before",
            where=str(output),
            advice="give the same command again to finish",
        ) from None
    click.echo(
        f"{output}: {done.documents:,} documents in {done.files:,} files, {done.written:,} written, {done.removed:,} removed; release {done.version}",
        err=True,
    )
    return 0
