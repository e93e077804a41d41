"""The configuration: one TOML file, overridden by the environment, overridden by flags.

``techwire.toml``, ``sources.toml`` and ``companies.toml`` lie side by side. Every key is also an
environment variable: ``[network] delay_seconds`` is ``TECHWIRE_NETWORK_DELAY_SECONDS``; any of them
may be given as ``…_FILE``, the path of a file that holds the value (for secrets).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta, tzinfo
from ipaddress import ip_network
from pathlib import Path
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from techwire import toml
from techwire.durations import parse_duration
from techwire.errors import ConfigError

FILE_NAME = "techwire.toml"
MOST = 1e9  # of any number: more is a slip, and clocks and sockets would refuse it in mid-crawl
PORTS = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """``[database]``"""

    url: str = "sqlite:///techwire.db"  # a relative SQLite path starts at the file's folder


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSettings:
    """``[network]``: how we behave towards other people's servers."""

    user_agent: str | None = None  # None: techwire/VERSION (+contact)
    delay_seconds: float = 2.0  # between two requests to one host, jittered
    timeout_seconds: float = 30.0  # for one whole answer
    max_mebibytes: float = 15.0  # of one answer, decompressed
    concurrency: int = 16  # hosts at a time; one connection each
    proxy: str | None = None
    allow_private_networks: tuple[str, ...] = ()  # "127.0.1.0/24": none by default
    host_map: Mapping[str, str] = field(default_factory=dict)  # "gazette.example": "127.0.0.1:8123"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSettings:
    """``[schedule]``: when sources are visited, unless they say otherwise."""

    every: timedelta | None = None  # None: adaptive, between the two bounds
    at_least: timedelta = timedelta(minutes=5)
    at_most: timedelta = timedelta(hours=24)
    visits_per_day: float = 24.0  # of a source on average; adaptive visits go where they save most
    tick_seconds: float = 15.0  # how often the daemon looks for what is due
    grace_seconds: float = 10.0  # what is in flight may take this long after SIGTERM


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSettings:
    """``[reading]``: the pool of processes that read pages."""

    workers: int = 2
    timeout_seconds: float = 20.0  # one page; over it the worker is replaced


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggingSettings:
    """``[tagging]``: who else is asked about companies."""

    spacy: str | None = None  # a pipeline: package, or folder beside the file (techwire[ner])


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageSettings:
    """``[storage]``: what is kept, and for how long."""

    keep_pages: timedelta = timedelta(days=90)
    keep_visits: timedelta = timedelta(days=30)
    noarchive: str = "full"  # "excerpt": keep an excerpt of pages that ask not to be archived


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthSettings:
    """``[health]``: /healthz, /readyz and /metrics of the daemon."""

    listen: str | None = None  # "127.0.0.1:9108"; None: off


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """``[web]``: the page of ``techwire serve``."""

    host: str = "127.0.0.1"  # beyond this machine a password or a proxy is needed
    port: int = 8765
    password: str | None = field(default=None, repr=False)  # rather in TECHWIRE_WEB_PASSWORD
    proxy_header: str | None = None  # set by a reverse proxy that has asked who it is


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """``[mail]``: the server that takes alerts and digests."""

    host: str | None = None
    port: int = 587
    security: str = "starttls"  # starttls | tls | none
    username: str | None = None
    password: str | None = field(default=None, repr=False)  # rather in TECHWIRE_MAIL_PASSWORD
    sender: str | None = None  # "techwire <techwire@example.org>"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSettings:
    """``[digest]``: the one the daemon mails by itself."""

    cron: str | None = None  # five fields, in ``timezone``; None: never
    to: str | None = None  # an e-mail address
    since: timedelta = timedelta(hours=24)  # how far back it looks
    companies: tuple[str, ...] = ()  # names; none: all
    language: str | None = None  # en | fr; None: that of the locale


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """``[log]``"""

    level: str = "info"  # debug | info | warning | error
    format: str = "text"  # text | json


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything a user can set. ``folder`` is where relative paths start."""

    folder: Path
    path: Path | None = None  # the file it came from; None: built-in defaults
    contact: str | None = None  # mail or URL put into the User-Agent, so that sites can reach you
    timezone: str | None = None  # IANA; None: the system's
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    reading: ReadingSettings = field(default_factory=ReadingSettings)
    tagging: TaggingSettings = field(default_factory=TaggingSettings)
    storage: StorageSettings = field(default_factory=StorageSettings)
    health: HealthSettings = field(default_factory=HealthSettings)
    web: WebSettings = field(default_factory=WebSettings)
    mail: MailSettings = field(default_factory=MailSettings)
    digest: DigestSettings = field(default_factory=DigestSettings)
    log: LogSettings = field(default_factory=LogSettings)

    @property
    def sources_path(self) -> Path:
        """``sources.toml`` beside the configuration."""
        return self.folder / "sources.toml"

    @property
    def companies_path(self) -> Path:
        """``companies.toml`` beside the configuration; it need not exist."""
        return self.folder / "companies.toml"

    @property
    def spacy(self) -> str | None:
        """The spaCy pipeline to ask: a folder beside the configuration, else a package's name."""
        model = self.tagging.spacy
        if model and (beside := self.folder / model).is_dir():
            return str(beside)
        return model or None

    @property
    def zone(self) -> tzinfo:
        """The zone in which people read and write times."""
        if self.timezone:
            return ZoneInfo(self.timezone)
        return _system_zone()


SECTIONS: dict[str, type] = {
    "database": DatabaseSettings,
    "network": NetworkSettings,
    "schedule": ScheduleSettings,
    "reading": ReadingSettings,
    "tagging": TaggingSettings,
    "storage": StorageSettings,
    "health": HealthSettings,
    "web": WebSettings,
    "mail": MailSettings,
    "digest": DigestSettings,
    "log": LogSettings,
}
_TOP = ("contact", "timezone")
_CHOICES = {
    ("mail", "security"): ("starttls", "tls", "none"),
    ("digest", "language"): ("en", "fr"),
    ("log", "level"): ("debug", "info", "warning", "error"),
    ("log", "format"): ("text", "json"),
    ("storage", "noarchive"): ("full", "excerpt"),
}


def load(
    path: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    database_url: str | None = None,
) -> Config:
    """The configuration in force.

    ``path`` is ``--config``; without it ``TECHWIRE_CONFIG``, else ``techwire.toml`` in the working
    directory when it exists, else the defaults. ``database_url`` is ``--db``.
    Raises ConfigError with file, line, key and the nearest valid key."""
    environ = os.environ if environ is None else environ
    named = path or (Path(environ["TECHWIRE_CONFIG"]) if environ.get("TECHWIRE_CONFIG") else None)
    if named is None and Path(FILE_NAME).exists():
        named = Path(FILE_NAME)
    if named is None:
        config = Config(folder=Path.cwd())
    else:
        values, text = toml.read(named)
        config = _from_toml(values, text, named)
    config = _from_environment(config, environ)
    if database_url:
        config = replace(config, database=replace(config.database, url=database_url))
    least, most = config.schedule.at_least, config.schedule.at_most
    if least > most:
        raise ConfigError("is longer than schedule.at_most", path=named, key="schedule.at_least")
    return config


def _from_toml(values: Mapping[str, Any], text: str, path: Path) -> Config:
    config = Config(folder=path.absolute().parent, path=path)
    known = {**dict.fromkeys(_TOP), **SECTIONS}
    for key, value in values.items():
        here: toml.Path_ = (key,)
        if key not in known:
            raise _unknown(key, known, here, path=path, text=text)
        if key in SECTIONS:
            section = _section(key, value, text, path)
            config = replace(config, **{key: section})
        else:
            checked = _checked(Config, "", key, value, path=path, line=toml.line_of(text, here))
            config = replace(config, **{key: checked})
    url = _from_folder(config.database.url, config.folder)
    return replace(config, database=replace(config.database, url=url))


def _from_folder(url: str, folder: Path) -> str:
    """A relative SQLite path, made absolute from the configuration's folder."""
    path = url if "://" not in url else url.removeprefix("sqlite:///")
    if "://" in path or path.startswith(("/", "~")) or path in ("", ":memory:"):
        return url
    return f"sqlite:///{folder / path}"


def _section(name: str, values: Any, text: str, path: Path) -> Any:
    kind = SECTIONS[name]
    if not isinstance(values, dict):
        line = toml.line_of(text, (name,))
        raise ConfigError("must be a table", path=path, line=line, key=name, hint=f"write [{name}]")
    names = [f.name for f in fields(kind)]
    section = kind()
    for key, value in values.items():
        here: toml.Path_ = (name, key)
        if key not in names:
            raise _unknown(f"{name}.{key}", [f"{name}.{n}" for n in names], here, path, text)
        line = toml.line_of(text, here)
        checked = _checked(kind, name, key, value, path=path, line=line)
        section = replace(section, **{key: checked})
    return section


def _unknown(key: str, known: Any, here: toml.Path_, path: Path, text: str) -> ConfigError:
    close = toml.nearest(key, known)
    return ConfigError(
        "unknown key",
        path=path,
        line=toml.line_of(text, here),
        key=key,
        hint=f"did you mean {close}?" if close else f"known: {', '.join(sorted(known))}",
    )


def _from_environment(config: Config, environ: Mapping[str, str]) -> Config:
    for section, kind in [("", Config), *SECTIONS.items()]:
        names = _TOP if not section else [f.name for f in fields(kind)]
        for name in names:
            spelled = "_".join(("TECHWIRE", section, name) if section else ("TECHWIRE", name))
            text = variable(environ, spelled.upper())
            if text is None:
                continue
            value = _checked(kind, section, name, _parsed(text, kind, name), path=spelled.upper())
            if section:
                part = replace(getattr(config, section), **{name: value})
                config = replace(config, **{section: part})
            else:
                config = replace(config, **{name: value})
    return config


def variable(environ: Mapping[str, str], name: str) -> str | None:
    """The environment variable ``name``, or what is in the file that ``name``_FILE names."""
    if path := environ.get(name + "_FILE"):
        try:
            return Path(path).read_text("utf-8").strip()
        except OSError as error:
            raise ConfigError(f"cannot be read: {error.strerror}", path=f"{name}_FILE") from error
        except UnicodeDecodeError:
            raise ConfigError("names a file that is not UTF-8", path=f"{name}_FILE") from None
    return environ.get(name)


def _parsed(text: str, kind: type, name: str) -> Any:
    """An environment variable's text as TOML would have given it."""
    hint = get_type_hints(kind)[name]
    if hint in (int, float):
        try:
            return float(text) if "." in text else int(text)
        except ValueError:
            return text
    if hint == tuple[str, ...]:
        return [part.strip() for part in text.split(",") if part.strip()]
    if hint == Mapping[str, str]:
        return dict(pair.split("=", 1) for pair in text.split(",") if "=" in pair)
    return text


def _checked(
    kind: type, section: str, key: str, value: Any, *, path: Path | str, line: int | None = None
) -> Any:
    """``value`` in the type of its field; ConfigError with what to write instead."""
    full = f"{section}.{key}" if section else key

    def wrong(what: str, hint: str | None = None) -> ConfigError:
        return ConfigError(what, path=path, line=line, key=full, hint=hint)

    hint = get_type_hints(kind)[key]
    if hint in (timedelta, timedelta | None):
        span = parse_duration(value) if isinstance(value, str) else None
        if span is None:
            raise wrong(f"{value!r} is no duration", 'write "15m", "2h" or "7d"')
        return span
    if hint in (int, float):
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not value >= 0:  # not: NaN is neither more nor less
            raise wrong(f"{value!r} is no number of 0 or more")
        most = PORTS if key == "port" else MOST
        if value > most:
            raise wrong(f"{value!r} is more than {most:,.0f}")
        if hint is int and value != int(value):
            raise wrong(f"{value!r} is no whole number")
        if value == 0 and key != "delay_seconds":
            raise wrong("must be more than 0")
        return hint(value)
    if hint == tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise wrong("must be a list of strings")
        if key == "allow_private_networks":
            for network in value:
                _check_network(network, wrong)
        return tuple(value)
    if hint == Mapping[str, str]:
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            raise wrong("must be a table of strings", f'{key} = {{ "a.example" = "127.0.0.1:80" }}')
        return dict(value)
    if not isinstance(value, str):
        raise wrong(f"{value!r} is no text")
    choices = _CHOICES.get((section, key))
    if choices and value not in choices:
        raise wrong(f"{value!r} is not one of {', '.join(choices)}")
    if key == "timezone":
        _check_zone(value, wrong)
    if key == "cron":
        _check_cron(value, wrong)
    if key == "listen" and not _is_place(value):
        raise wrong(f"{value!r} is no address to listen at", 'write "127.0.0.1:9108"')
    return value


def _is_place(text: str) -> bool:
    """Whether ``text`` is host:port."""
    found = re.fullmatch(r"[^\s:]+:(\d{1,5})", text)
    return found is not None and int(found[1]) <= PORTS


def _check_network(text: str, wrong: Any) -> None:
    try:
        ip_network(text)
    except ValueError:
        raise wrong(f"{text!r} is no network", 'write "192.168.1.0/24"') from None


def _check_cron(text: str, wrong: Any) -> None:
    try:
        CronSim(text, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        raise wrong(f"{text!r}: {error}", 'write "30 7 * * 1-5"') from None


def _check_zone(name: str, wrong: Any) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise wrong(f"{name!r} is no time zone", 'write one like "Europe/Paris"') from None


def _system_zone() -> tzinfo:
    name = os.environ.get("TZ", "").removeprefix(":")
    candidates = [name] if name else []
    link = Path("/etc/localtime")
    if link.is_symlink() and "zoneinfo/" in str(link.readlink()):
        candidates.append(str(link.readlink()).split("zoneinfo/", 1)[1])
    for candidate in candidates:
        try:
            return ZoneInfo(candidate)
        except (KeyError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def masked(config: Config) -> dict[str, dict[str, Any]]:
    """The configuration for showing: sections of key and value, passwords hidden."""
    shown: dict[str, dict[str, Any]] = {
        "": {"contact": config.contact, "timezone": str(config.zone)}
    }
    for section in SECTIONS:
        part = getattr(config, section)
        shown[section] = {f.name: getattr(part, f.name) for f in fields(part)}
    shown["database"]["url"] = mask_password(config.database.url)
    for section in ("web", "mail"):
        if shown[section]["password"]:
            shown[section]["password"] = "***"  # noqa: S105 - hides one
    if config.network.proxy:
        shown["network"]["proxy"] = mask_password(config.network.proxy)
    return shown


def mask_password(url: str) -> str:
    """``postgresql://me:secret@host/db`` as ``postgresql://me:***@host/db``."""
    scheme, mark, rest = url.partition("://")
    if not mark or "@" not in rest:
        return url
    credentials, _, host = rest.rpartition("@")
    user, colon, _ = credentials.partition(":")
    return f"{scheme}://{user}{':***' if colon else ''}@{host}"
