"""The bars of a chart as SVG: a company's page has two hundred that one can point at."""

from __future__ import annotations

from markupsafe import Markup, escape

from web.charts import Chart
from web.wording import Wording


def bars(chart: Chart, unit: str, words: Wording) -> Markup:
    """A rectangle for each day that is not nought, which says its day and how many of ``unit``."""
    of = escape(unit)
    return Markup(  # noqa: S704  (numbers, days, and a unit that is escaped)
        "".join(
            f'<rect class="bar" x="{bar.x}" y="{100 - bar.height}" width="{bar.width}" '
            f'height="{bar.height}"><title>{words.day(bar.day)} : {bar.value} {of}</title></rect>'
            for bar in chart.bars
        )
    )
