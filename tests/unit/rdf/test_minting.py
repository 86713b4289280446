"""Names that become IRIs."""

from __future__ import annotations

import pytest

from kg.rdf.minting import minted, slug


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CLIP ViT-L/14", "clip-vit-l-14"),
        ("UnifiedVisionLanguageModel (UVLM-7B)", "unifiedvisionlanguagemodel-uvlm-7b"),
        ("002_7e824436ca4280ec", "002_7e824436ca4280ec"),
        ("Llama 3.1", "llama-3-1"),
        ("葉篤正", "葉篤正"),
        ("हिन्दी", "हिन्दी"),
        ("Côte d’Ivoire", "côte-d-ivoire"),
        ("Co\u0302te", "côte"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full-width"),
        ("İstanbul", "i\u0307stanbul"),
        ("x² ﬁt", "x2-fit"),
        ("  --a--  ", "a"),
        ("\u0301a", "a"),
        ("a\U000e0100b", "a-b"),
        ("", "-"),
        ("…/\x00", "-"),
    ],
)
def test_a_slug_is_words_in_lower_case(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_names_that_differ_by_a_mark_alone_stay_apart() -> None:
    assert len({slug(name) for name in ("हि", "हा", "ह", "กิ", "กา")}) == 5


def test_a_name_without_letters_still_has_an_iri() -> None:
    assert minted("https://x/id/", "model", "a.b", "!") == "https://x/id/model/a-b.-"
