"""What holds for every text: facts quote the text, the order is fixed, and nothing is raised."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extraction import Claim, extract
from kg.extraction.document import read_document
from kg.extraction.plain import cut_out
from kg.extraction.tags import read_tags
from kg.extraction.verify import Verifier
from kg.model import Fact, Finding, Passage, Slot
from kg.rdf.reference import load_reference
from kg.rdf.vocabulary import load_vocabulary

PIECES = st.sampled_from(
    [
        *(f"<{slot}>" for slot in Slot), *(f"</{slot}>" for slot in Slot), "<foo>", "<sup>2</sup>", "< ", ">", "7 billion parameters",
        "approximately ", "3 weeks", "1.5 × 10⁻⁴", "$10^{-6}$", "128", "1, 830 hours", "NVIDIA A100 80GB GPUs", "TPU v3-256", "Singapore",
        "2023", "late ", "released in ", "Nova-13B", "We present ", "training took ", "vision encoder", "(CLIP ViT-L/14)", "peak learning rate of ",
        "dataset of ", "fine-tuning ", "\r\n", "\n\n", "\x00", "\ufeff", "𝔘🦜", "é", " ", ". ", ", ", "and ", "-", "/", "%", "(", ")",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=25).map("".join))


def _passage(text: str) -> Passage:
    return Passage("p.txt", "p", text, "")


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_every_fact_quotes_the_text_as_it_is(text: str) -> None:
    extraction = extract(_passage(text), load_reference())
    for fact in extraction.facts:
        assert 0 <= fact.start <= fact.end <= len(text)
        assert fact.text == text[fact.start : fact.end]
        assert fact.text or fact.value is None
        assert not isinstance(fact.value, float)
    for finding in extraction.findings:
        if finding.text is not None:
            assert finding.text == text[finding.start : finding.end]


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_reading_twice_gives_the_same_in_the_same_order(text: str) -> None:
    first, second = (extract(_passage(text), load_reference()) for _ in range(2))
    assert first == second
    places = [(fact.start, fact.end, fact.property, str(fact.value)) for fact in first.facts]
    assert places == sorted(places)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_each_slot_has_a_value_or_is_said_to_be_unstated(text: str) -> None:
    slots = {fact.slot for fact in extract(_passage(text), load_reference()).facts}
    assert set(Slot) <= slots


@given(TEXTS)
def test_cutting_the_tags_out_loses_no_other_character(text: str) -> None:
    cuts = read_tags(text, "p").cuts
    plain = cut_out(text, cuts)
    kept = [i for i in range(len(text)) if not any(start <= i < end for start, end in cuts)]
    assert plain.text == "".join(text[i] for i in kept)
    assert [plain.raw(offset) for offset in range(len(plain.text))] == kept


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.decimals(), st.text(max_size=8), st.tuples(st.text(max_size=4))
)
SUBJECTS = st.sampled_from(["model:x", "run:pretraining", "dataset:sft", "accelerator", "", "what"])
PROPERTIES = st.sampled_from(
    ["name", "parameterCount", "weightDecay", "frozen", "country", "trainingDuration", "nothing"]
)


@settings(max_examples=300, deadline=None)
@given(TEXTS, SUBJECTS, PROPERTIES, VALUES, st.text(max_size=12), st.one_of(st.none(), st.integers(-5, 300)))
def test_whatever_an_extractor_claims_is_a_true_quote_or_rejected(
    text: str,
    subject: str,
    property_: str,
    value: bool | int | Decimal | str | tuple[str, ...] | None,
    quote: str,
    near: int | None,
) -> None:
    document = read_document(_passage(text), load_reference())
    claim = Claim(subject, property_, value, quote, "model:any", near)
    outcome = Verifier(document, load_vocabulary()).verify(claim)
    if isinstance(outcome, Finding):
        assert outcome.message
    else:
        assert isinstance(outcome, Fact)
        assert text[outcome.start : outcome.end] == outcome.text
        assert "".join(outcome.text.split()).endswith("".join(quote.split())[-1:])
