"""The folders that belong to the program are found from a checkout and from an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

import kg.resources
from kg.resources import resource


@pytest.mark.parametrize(
    ("kind", "file"), [("ontology", "model.ttl"), ("shapes", "model.ttl"), ("seeds", "manifest.json")]
)
def test_a_checkout_is_its_own_package(kind: str, file: str) -> None:
    assert (resource(kind) / file).is_file()


def test_an_installed_package_holds_the_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "kg"
    monkeypatch.setattr(kg.resources, "__file__", str(package / "resources.py"))
    assert resource("ontology") == package / "ontology"


def test_a_folder_of_that_name_beside_an_installed_package_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "kg"
    (tmp_path / "site-packages" / "shapes").mkdir(parents=True)
    monkeypatch.setattr(kg.resources, "__file__", str(package / "resources.py"))
    assert resource("shapes") == package / "shapes"
