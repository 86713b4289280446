"""Every code that the program can print is explained in docs/reference/errors.md, and nothing else is."""

from __future__ import annotations

import re

from tests.shared import ROOT

PAGE = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("kg/**/*.py")))
RULES = (ROOT / "kg" / "derivation" / "flags.sql").read_text(encoding="utf-8")


def test_every_error_code_is_documented_and_no_other() -> None:
    used = set(re.findall(r"\bKG\d{3}\b", SOURCE))
    documented = set(re.findall(r"^\| (KG\d{3}) \|", PAGE, re.MULTILINE))
    assert len(used) > 30
    assert used == documented


def test_every_plausibility_code_is_documented() -> None:
    codes = set(re.findall(r"SELECT '([a-z0-9-]+)'(?: AS code)?,", RULES))
    assert len(codes) > 10
    assert codes <= set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", PAGE))


def test_every_finding_about_a_text_is_documented() -> None:
    found = set(re.findall(r'(?:_finding|Finding|NoValue)\(\s*(?:\w+,\s*){0,2}"([a-z0-9]+(?:-[a-z0-9]+)*)"', SOURCE))
    assert len(found) > 15
    assert found <= set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", PAGE))
