"""TELL: what people asked to be told of, sent to them; and the digest of a morning.

Imports ``db`` and ``techwire``; the daemon calls ``alerts.telling.tell`` once a minute.
"""
