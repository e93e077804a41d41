"""The questions the command line asks; each costs a fixed number of statements.

Gathered here so that a caller needs one import; each lives in the file that knows its tables.
"""

from db.companies import find as company
from db.counts import counts, status
from db.listing import latest, of_companies
from db.search import search
from db.why import facts, why

__all__ = ["company", "counts", "facts", "latest", "of_companies", "search", "status", "why"]
