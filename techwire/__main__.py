"""``python -m techwire`` is the ``techwire`` command."""

from techwire.cli import main

main()
