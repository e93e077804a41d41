"""WHEN: the daemon. What is due is visited, and what happened is noted."""
