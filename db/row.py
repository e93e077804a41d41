"""A table as a class whose attributes are its columns: ``ArticleRow.title`` in a statement.

What a declarative class of the ORM would be, without the ORM: nothing here ever loads objects, and
importing and mapping it would take as long as all the rest of a short command.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy
from sqlalchemy import (
    Boolean,
    ColumnClause,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)
from sqlalchemy.types import TypeEngine

from db.columns import Utc

Column = ColumnClause  # SQLAlchemy's own Column is typed for another way of declaring tables
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
_TYPES: dict[str, type[TypeEngine[Any]]] = {
    "int": Integer,
    "str": String,
    "bool": Boolean,
    "float": Double,
    "bytes": LargeBinary,
    "datetime": Utc,
}


@dataclass(frozen=True, slots=True)
class _Declared:
    """A column before it has a name."""

    given: tuple[Any, ...]  # a type, a foreign key
    options: dict[str, Any]

    def named(self, name: str, annotation: str) -> sqlalchemy.Column[Any]:
        inner = annotation.removeprefix("Column[").removesuffix("]")
        is_optional = inner.endswith(" | None")
        given = self.given
        if not given:  # a foreign key takes the type of the key it points to
            given = (_TYPES[inner.removesuffix(" | None")],)
        return sqlalchemy.Column(name, *given, nullable=is_optional, **self.options)


def column(*given: TypeEngine[Any] | type[TypeEngine[Any]] | ForeignKey, **options: Any) -> Any:
    """A column of a ``Base``: its type is that of the annotation unless ``given`` says it."""
    return _Declared(given, options)


class Base:
    """A subclass is a table of ``metadata``; it stands for it wherever SQLAlchemy takes one."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)
    __table__: ClassVar[Table]
    __tablename__: ClassVar[str]
    __table_args__: ClassVar[tuple[Any, ...]]

    def __init_subclass__(cls) -> None:
        """Makes the table: ``__tablename__``, ``__table_args__`` as in the ORM."""
        columns = [
            declared.named(name, str(cls.__annotations__[name]))
            for name, declared in vars(cls).items()
            if isinstance(declared, _Declared)
        ]
        *constraints, options = cls.__table_args__
        cls.__table__ = Table(cls.__tablename__, cls.metadata, *columns, *constraints, **options)
        for made in columns:
            setattr(cls, made.name, made)

    @classmethod
    def __clause_element__(cls) -> Table:
        """What SQLAlchemy asks of things that stand for a table."""
        return cls.__table__
