"""Beyond one machine, measured: `make bench-scale`.

Real PostgreSQL, two daemons that dispatch, up to four worker processes (each in a network namespace
of its own where the machine allows it), the simulator of ../shared. Parts, each bounded:

manners     the same town by one process and by four workers: the simulator counts what it felt
throughput  1, 2 and 4 workers, two visits at a time each, on a town whose answers take 50 ms and
            whose sites are asked every half second: bound by waiting, not by two cores
kills       workers killed -9 or frozen (SIGSTOP, thawed later) at random, mid-crawl
restart     PostgreSQL restarted in the middle of it
cost        CPU of worker, daemon and server for a visit that brings nothing and for an article, and
            what taking one job costs when many wait: what the model of docs/scaling.md is made of
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.namespaces import are_possible
from benchmarks.scale_faults import kills, restart
from benchmarks.scale_fleet import Postgres, Stage
from benchmarks.scale_load import cost, manners, throughput
from benchmarks.towns import end_in_order


def main() -> None:
    """Run the parts; exit 1 when one is not well."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    names = ("manners", "throughput", "kills", "restart", "cost")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(names)}; all unless named")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=900, help="for the kills, at most")
    parser.add_argument("--sites", type=int, default=96, help="for the throughput")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shared-network", action="store_true", help="no namespaces")
    parser.add_argument("--json", type=Path, help="write the figures here")
    options = parser.parse_args()
    end_in_order()
    own = not options.shared_network and are_possible()
    print("workers have network namespaces of their own" if own else "workers share one network")
    found: dict[str, Any] = {"own_network": own}
    with tempfile.TemporaryDirectory(prefix="techwire-scale-") as name:
        root = Path(name)
        root.chmod(0o755)
        postgres = Postgres(root / "server")
        stage = Stage(root, postgres, own)
        parts: dict[str, Callable[[], dict[str, Any]]] = {
            "manners": lambda: manners(stage),
            "throughput": lambda: throughput(stage, (1, 2, 4), options.sites),
            "kills": lambda: kills(stage, options.kills, options.seconds, options.seed),
            "restart": lambda: restart(stage),
            "cost": lambda: cost(stage),
        }
        try:
            for part in options.parts or names:
                print(f"— {part}", flush=True)
                found[part] = parts[part]()
        finally:
            postgres.close()
    if options.json:
        options.json.write_text(json.dumps(found, indent=1, default=str))
    sys.exit(not all(one["is_well"] for one in found.values() if isinstance(one, dict)))


if __name__ == "__main__":
    main()
