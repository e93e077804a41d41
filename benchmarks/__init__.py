"""Quality and speed, measured: every figure of docs/benchmarks.md comes from a module here."""
