"""Markup split in one go is what splitting it tag by tag gives, or is not split so at all."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.segments import segments_of
from pipelines.tokens import tokens_of, tokens_with_brackets

MARKUP = st.text(st.sampled_from('<>ab "=/\n'), max_size=24)


@settings(max_examples=80, deadline=None)
@given(MARKUP)
@example("<p>a</p")
@example("<a<b<c>d")
@example("<i>a > b</i>")
def test_one_split_gives_the_tags_and_texts_of_many(markup: str) -> None:
    tokens = tokens_of(markup)
    if tokens is not None and all(tag[:1] == "<" and tag.count('"') % 2 == 0 for tag in tokens[0]):
        assert tokens == tokens_with_brackets(markup)


def test_brackets_in_a_value_or_a_text_are_no_tags() -> None:
    markup = '<body><p title="a > b">Un.</p><p title="<x y>">Deux.</p><iframe>a<b<c></iframe></body'
    page = segments_of(markup)
    assert [segment.text for segment in page.segments] == ["Un.", "Deux."]
