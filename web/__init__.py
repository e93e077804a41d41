"""The web page over the database: server-rendered, read-only, asking no other host for anything.

A leaf: imports ``db`` and ``techwire`` only. Needs the extra ``techwire[web]``.
"""
