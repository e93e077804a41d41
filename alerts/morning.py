"""The digest the daemon sends by itself, when ``[digest] cron`` says so."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime, timedelta

from cronsim import CronSim

from alerts import digest, mail
from alerts.webhook import NotDelivered
from db import Database, facts
from techwire.config import Config
from techwire.errors import NotFound

log = logging.getLogger(__name__)

SENT = "digest_sent_at"  # property: when the last digest was sent, or the plan was first seen
LATE = timedelta(hours=6)  # a daemon that was off at the hour still sends it; later it is skipped


def send_if_due(database: Database, config: Config, now: datetime) -> bool:
    """Sends the digest once after each hour of the plan; True when it was sent now.

    One that could not be delivered is tried again at the next call, until it is too late."""
    plan = config.digest
    if plan.cron is None or plan.to is None:
        return False
    with database.reading() as connection:
        before = facts.recall(connection, SENT)
    if before is None:
        _note(database, now)  # the plan is new: it begins with its next hour
        return False
    last = datetime.fromisoformat(before)
    hour = next(CronSim(plan.cron, last.astimezone(config.zone))).astimezone(UTC)
    if hour > now:
        return False
    if now - hour > LATE:
        _note(database, now)
        return False
    try:
        made = digest.gather(database, now - plan.since, now, config.zone, plan.companies)
        if made.stories:
            sender = config.mail.sender or f"techwire@{config.mail.host or 'localhost'}"
            language = plan.language or digest.language_of(os.environ)
            text = digest.markdown(made, config.zone, language)
            page = digest.html(made, config.zone, language)
            mail.send(config.mail, mail.compose(sender, plan.to, made.title, text, page))
    except NotDelivered as problem:
        log.warning("digest: not delivered: %s", problem)
        return False
    except NotFound as problem:
        log.error("digest: %s: see [digest] companies", problem)
        made = None
    _note(database, now)
    return made is not None and bool(made.stories)


def _note(database: Database, now: datetime) -> None:
    with database.writing() as connection:
        facts.remember(connection, SENT, now.isoformat(timespec="seconds"))
