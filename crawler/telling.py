"""Articles on their way into the database together, each with the story it tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pipelines.fingerprint import ENOUGH_WORDS
from pipelines.story import CROSSING_WITHIN, LEAD, RELEVANT, WINDOW, Item, StoryIndex
from techwire.types import Article, Outcome

if TYPE_CHECKING:
    from db.articles import Saving

Fence = Callable[[Any, str], None]
"""Called with the connection and a source before anything is written of it; raises LeaseLost."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """An article to be saved, by a visit that may have to prove that it is still the visit."""

    saving: Saving
    fence: Fence | None = None


class Telling:
    """Saves articles, and knows the stories of the last days. In the writer's thread only."""

    def __init__(self, *, is_shared: bool = False) -> None:
        """``is_shared``: other processes save articles too, whose stories are learnt first."""
        self._index: StoryIndex | None = None  # rebuilt from recent rows by the first save
        self._is_shared = is_shared
        self._seen = 0  # the highest article that the index was told of from its row
        self._ours: set[int] = set()  # above it: those that it was told of when they were saved
        self._latest: int | None = None  # the article that the index learnt last by saving it

    def save(self, connection: Any, batch: Sequence[Guarded]) -> list[Outcome]:
        """Saves what waits together."""
        from db import articles, fleet

        if self._latest is not None and not articles.is_stored(connection, self._latest):
            self._forget()  # rolled back since: the index knows stories that are not there
        for fence, slug in {(one.fence, one.saving.article.source) for one in batch}:
            if fence is not None:
                fence(connection, slug)
        if self._is_shared:
            fleet.save_alone(connection)
        self._learn(connection, batch[0].saving.now)
        return articles.save_many(connection, [one.saving for one in batch], story=self._choose)

    def _choose(self, article: Article, article_id: int, published_at: datetime) -> int:
        assert self._index is not None  # noqa: S101 - `_learn` comes first
        self._latest = article_id
        if self._is_shared:
            self._ours.add(article_id)
        return self._index(article, article_id, published_at)

    def _forget(self) -> None:
        self._index, self._latest = None, None
        self._seen, self._ours = 0, set()

    def _learn(self, connection: Any, now: datetime) -> None:
        """Take in what the database holds and the index does not know yet."""
        from db.stories import told_lately

        if self._index is not None and not self._is_shared:
            return
        index = self._index = self._index or StoryIndex()
        recent = told_lately(
            connection,
            now,
            WINDOW,
            lead=LEAD,
            relevance=RELEVANT,
            lately=timedelta(seconds=CROSSING_WITHIN),
            after=self._seen,
        )
        for told in recent:
            self._seen = max(self._seen, told.id)
            if told.id in self._ours:
                continue
            index.remember(
                Item(
                    title=told.title,
                    host=told.source,
                    at=told.published_at.timestamp(),
                    language=told.language,
                    lead=told.lead,
                    companies=told.companies,
                    fingerprint=told.fingerprint if told.words >= ENOUGH_WORDS else 0,
                ),
                told.story_id,
            )
        self._ours = {number for number in self._ours if number > self._seen}
