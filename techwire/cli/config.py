"""``techwire config check|show``: is the configuration right, and what is in force?"""

from __future__ import annotations

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
    """Every setting in force, passwords hidden."""
    from techwire.config import masked

    for section, values in masked(desk.config).items():
        if section:
            click.echo(f"\n[{section}]")
        for key, value in values.items():
            click.echo(f"{key} = {_toml(value)}")


def _toml(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{v}"' for v in value) + "]"
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f'"{k}" = "{v}"' for k, v in value.items()) + " }" if value else "{}"
        )
    if value is None:
        return '""  # not set'
    return str(value)
