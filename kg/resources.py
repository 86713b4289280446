"""Finds the ontology, the shapes and the seeds: in the checkout if there is one, else in the installed package."""

from __future__ import annotations

from pathlib import Path


def resource(kind: str) -> Path:
    """Return the folder `ontology`, `shapes` or `seeds`.

    An editable install leaves these folders at the top of the checkout, a wheel carries them inside the package.
    """
    package = Path(__file__).resolve().parent
    checkout = package.parent / kind
    if (package.parent / "setup.cfg").is_file() and checkout.is_dir():
        return checkout
    return package / kind
