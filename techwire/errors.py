"""What can go wrong, as a tree.

    TechwireError                 says one clear line; carries its exit code
    ├── UsageError          2     a wrong option or argument
    ├── ConfigError         2     a wrong file: knows path, line and key
    ├── NotFound            1     nothing of that name; knows the nearest ones
    ├── DatabaseError       3     cannot be opened, read or written
    │   ├── NoDatabase      3     there is none yet at that path
    │   └── SchemaTooNew    3     made by a later version of techwire
    ├── OtherVersion        3     a worker of another version than the daemon's
    ├── LeaseLost           1     somebody else visits the source by now
    └── AlreadyRunning      4     another daemon holds this database

Expected ends of a page or a visit are no exceptions: see ``Outcome`` and ``VisitOutcome``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class TechwireError(Exception):
    """Anything we can say in one line to the person at the keyboard."""

    exit_code = 1


class UsageError(TechwireError):
    """A wrong option or argument."""

    exit_code = 2


class ConfigError(TechwireError):
    """A file of the user's says something we cannot use.

    ``line`` is 1-based, None when the parser does not know it; ``key`` is a dotted path.
    """

    exit_code = 2

    def __init__(
        self,
        problem: str,
        *,
        path: Path | str | None = None,
        line: int | None = None,
        key: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.problem, self.path, self.line, self.key, self.hint = problem, path, line, key, hint
        where = "" if path is None else f"{path}:{line}: " if line else f"{path}: "
        what = f"{key}: {problem}" if key else problem
        super().__init__(f"{where}{what}{f'; {hint}' if hint else ''}")


class NotFound(TechwireError):
    """Nothing of that name. ``nearest`` holds up to three names that exist."""

    exit_code = 1

    def __init__(self, what: str, name: str, nearest: Sequence[str] = ()) -> None:
        self.what, self.name, self.nearest = what, name, tuple(nearest)
        hint = f"; did you mean {', '.join(self.nearest)}?" if self.nearest else ""
        super().__init__(f"no {what} named {name!r}{hint}")


class DatabaseError(TechwireError):
    """The database cannot be opened, read or written."""

    exit_code = 3


class NoDatabase(DatabaseError):
    """There is no database yet where one was to be read."""


class SchemaTooNew(DatabaseError):
    """The database was made by a later version of techwire."""


class OtherVersion(TechwireError):
    """A worker and the daemon that dispatches are of different versions."""

    exit_code = 3


class LeaseLost(TechwireError):
    """The visit is not ours any more: we were taken for dead, and another worker makes it."""


class AlreadyRunning(TechwireError):
    """Another daemon works on this database."""

    exit_code = 4
