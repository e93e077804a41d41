"""What the scorer is told of a segment: a row of features, in parts that segments share.

The order of ``NAMES`` is that of the committed model: whoever changes it trains anew
(``benchmarks/train_body.py``).
"""

from __future__ import annotations

TAG_FLAGS = ("p", "table", "blockquote", "li", "aside", "article")
CLASS_FLAGS = ("caption", "comment", "body", "hidden", "quote", "date", "author")
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
OWN_TAGS = {
    "p": 1, "div": 2, "li": 3, "td": 4, "blockquote": 5, "section": 6, "article": 7,
    "figcaption": 8, "pre": 9,
}  # fmt: skip
NAMES: tuple[str, ...] = (
    # of the segment
    "chars", "words",
    "link_share", "bold_share", "ends_sentence", "says_signup", "images", "repeats",
    "char_place", "from_title", "prose_gap_after", "next_chars", "title_overlap", "dek_overlap",
    # of the element it stands in
    "tag", "heading", *(f"in_{name}" for name in TAG_FLAGS), "hidden", "body_prop",
    *(f"class_{name}" for name in CLASS_FLAGS),
    "depth", "main_distance", "main_share",
    "up1_prose_share", "up1_links", "up1_segments", "up1_page",
    "up2_prose_share", "up2_links", "up2_segments", "up2_page",
    "up3_prose_share", "up3_links", "up3_segments", "up3_page",
    "siblings", "alike_count", "alike_chars", "alike_links", "alike_page",
    "title_steps", "title_share", "articles", "article_share", "vote", "vote_steps",
)  # fmt: skip
KIN_TAGS = (
    "table", "aside", "blockquote", "figure", "main", "article", "footer", "form", "li",
)  # fmt: skip
KIN_CLASSES = (
    "comment", "related", "caption", "hidden", "dek", "body", "side", "author", "signup",
)  # fmt: skip
# What a kin, all that a template made alike, is ruled out by (``pipelines.kin``).
KIN_NAMES: tuple[str, ...] = (
    "alike_count", "alike_chars", "alike_links", "alike_page", "to_a_parent", "voted", "tag",
    "heading", *(f"in_{name}" for name in KIN_TAGS), *(f"class_{name}" for name in KIN_CLASSES),
)  # fmt: skip

Part = tuple[float, ...]  # of a row: features that are often alike together
# The parts of the segment, then those of its element. In the order of ``NAMES``; segments share
# most parts, and what shares a part shares the work on it (``pipelines.forest``).
Row = tuple[tuple[Part, ...], tuple[Part, ...]]


def values_of(row: Row) -> list[float]:
    """The values of a row, one for each of ``NAMES``."""
    return [value for half in row for part in half for value in part]
