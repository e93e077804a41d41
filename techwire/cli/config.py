"""``techwire config check|show``: is the configuration right, and what is in force?"""

from __future__ import annotations

import json
from datetime import timedelta

import click

from techwire.cli.desk import Desk, pass_desk


@click.group()
def config() -> None:
    """Check or show the configuration."""


@config.command()
@pass_desk
def check(desk: Desk) -> None:
    """Say what is wrong in the files, and where.

    techwire.toml, sources.toml and companies.toml are read."""
    found = desk.config
    sources = desk.sources()
    catalogue = desk.catalogue()
    where = found.path or "built-in defaults"
    click.echo(f"ok: {where}, {len(sources)} sources, {len(catalogue.companies)} companies")


@config.command()
@pass_desk
def show(desk: Desk) -> None:
    """Every setting in force, as TOML; passwords hidden."""
    from techwire.config import masked

    for section, values in masked(desk.config).items():
        if section:
            click.echo(f"\n[{section}]")
        for key, value in values.items():
            click.echo(f"# {key} is not set" if value is None else f"{key} = {_toml(value)}")


def _toml(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # a TOML text needs no other escapes
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_toml(k)} = {_toml(v)}' for k, v in value.items())} }}"
    if isinstance(value, timedelta):
        return f'"{_exactly(value)}"'
    return str(value)


def _exactly(span: timedelta) -> str:
    """A duration as it is written in a file: ``90d``, ``5m``."""
    seconds = span.total_seconds()
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size:.0f}{unit}"
    return f"{seconds:g}s"
