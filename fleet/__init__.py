"""BEYOND ONE MACHINE: the daemon enqueues what is due, workers anywhere visit it.

The only room that knows Procrastinate, and that only in ``fleet/queue.py``."""
