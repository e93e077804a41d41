"""Looks at what is new for every watch, and delivers what is due: once a minute in the daemon.

A process killed between sending and noting it sends again: a receiver knows doubles by their id.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import unquote, urlsplit

from alerts import mail, morning, quiet, webhook
from alerts.message import Message, message
from alerts.webhook import NotDelivered
from db import Database, deliveries, occasions, watches
from db.deliveries import Due
from techwire.config import Config
from techwire.errors import UsageError

log = logging.getLogger(__name__)


def tell(database: Database, config: Config, now: datetime) -> int:
    """Returns how many alerts were delivered. Without a watch it costs one statement."""
    morning.send_if_due(database, config, now)
    with database.reading() as connection:
        if not watches.listed(connection):
            return 0
    with database.writing() as connection:
        occasions.look(connection, now)
    with database.reading() as connection:
        waiting = deliveries.due(connection, now)
    return sum(_deliver(database, config, alert, now) for alert in waiting)


def _deliver(database: Database, config: Config, alert: Due, now: datetime) -> bool:
    later = quiet.until(alert.watch.quiet, now, config.zone)
    if later is not None:
        with database.writing() as connection:
            deliveries.postpone(connection, alert, later)
        return False
    try:
        detail, is_delivered = send(config, alert, message(alert, config.zone), now), True
    except NotDelivered as problem:
        detail, is_delivered = str(problem), False
        log.warning("watch %s: not delivered: %s", alert.watch.name, problem)
    with database.writing() as connection:
        deliveries.record(connection, alert, now, is_delivered=is_delivered, detail=detail)
    return is_delivered


def send(config: Config, alert: Due, said: Message, now: datetime) -> str:
    """Sends one message the way its target says; NotDelivered when it did not arrive."""
    target = alert.watch.target
    scheme = urlsplit(target).scheme
    if scheme in ("http", "https"):
        return webhook.post(
            target,
            said.id,
            said.payload,
            alert.watch.secret,
            int(now.timestamp()),
            allows_private=alert.watch.allows_private,
        )
    if scheme == "mailto":
        sender = config.mail.sender or f"techwire@{config.mail.host or 'localhost'}"
        to = unquote(urlsplit(target).path)
        return mail.send(
            config.mail, mail.compose(sender, to, said.title, said.text, identity=said.id)
        )
    return _apprise(target, said, allows_private=alert.watch.allows_private)


def check(target: str, *, allows_private: bool) -> None:
    """UsageError for a target that cannot be sent to."""
    parts = urlsplit(target)
    if parts.scheme in ("http", "https"):
        webhook.check(target, allows_private=allows_private)
    elif parts.scheme == "mailto":
        to = unquote(parts.path)
        if not mail.is_address(to):
            raise UsageError(f"watch: {target!r} is no address: write mailto:you@example.org")
    else:
        try:
            import apprise
        except ModuleNotFoundError:
            raise UsageError(
                f"watch: {parts.scheme or target}: takes https:… or mailto:…; for the services of "
                "Apprise first: pip install 'techwire[alerts]'"
            ) from None
        service = apprise.Apprise()
        if not service.add(target):
            raise UsageError(f"watch: Apprise does not know {parts.scheme or target!r}")
        for host in [] if allows_private else _hosts(service):
            webhook.refuse_private(host)


def _apprise(target: str, said: Message, *, allows_private: bool) -> str:
    try:
        import apprise
    except ModuleNotFoundError:
        raise NotDelivered("pip install 'techwire[alerts]' for this target") from None
    service = apprise.Apprise()
    if not service.add(target):
        raise NotDelivered("Apprise does not know this target")
    for host in [] if allows_private else _hosts(service):
        _refuse_private(host)
    if not service.notify(body=said.text, title=said.title):
        raise NotDelivered("Apprise could not deliver it")
    return "handed over by Apprise"


def _hosts(service: Iterable[object]) -> list[str]:
    """The hosts named in an Apprise address; a service that is one host has none. Apprise resolves
    the name again: unlike a webhook's connection, its own is not held to what we saw."""
    hosts = (getattr(plugin, "host", None) for plugin in service)
    return [host for host in hosts if isinstance(host, str) and host]


def _refuse_private(host: str) -> None:
    """NotDelivered when ``host`` leads into a private network."""
    try:
        addresses = webhook.resolved(host.strip("[]"), 443)
    except (OSError, ValueError):
        return  # a name of the service itself, or none: Apprise will say so
    if not all(webhook.is_public(one) for one in addresses):
        raise NotDelivered(f"{host} is in a private network")
