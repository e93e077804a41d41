"""Scores article extraction, ours beside the peers'. ``make bench-extraction``.

    python -m benchmarks.extraction [--no-peers] [--limit N] [--only NAME …] [--corpus FOLDER]
    python -m benchmarks.extraction --details      ours alone, metadata and segments included

Eighty pages of our own (ten layouts, French and English) always; the corpus beside the project when
it is there: its pages belong to their publishers and are not part of the project. Each peer runs in
a virtual environment of its own under ``.venv-peers``, made at its first use, with the same pages
and the same scorer (``benchmarks/score_pages.py``). A peer that cannot be installed is said and
left out. CPU is that of the calling process, per page, imports left out.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import venv
from pathlib import Path

from benchmarks.peers import PEERS

ROOT = Path(__file__).resolve().parent.parent
SETS = ("scrapinghub", "fundus-eval", "fundus-tests", "readability")
MORE = ("trafilatura", "postlight")  # sets with segments or metadata instead of texts
OURS = "techwire"
OWN = ROOT / ".bench" / "own"  # our own pages, written out for the peers
TIMEOUT = 3600.0  # seconds a contender may take
Figures = dict[str, dict[str, float]]


def main() -> int:
    """Prints the table; 1 when no contender could be scored."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus")
    parser.add_argument("--limit", type=int, help="pages of each set at most")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--only", nargs="+", default=[OURS, *PEERS], metavar="NAME")
    parser.add_argument("--environments", type=Path, default=ROOT / ".venv-peers")
    parser.add_argument("--details", action="store_true", help="by the corpus' own scorer")
    arguments = parser.parse_args()
    if arguments.details:
        return details(arguments.corpus)
    folders = [own_pages(OWN)]
    folders += [arguments.corpus / name for name in SETS if (arguments.corpus / name).is_dir()]
    if len(folders) == 1:
        print(f"no corpus at {arguments.corpus}: our own pages only\n", file=sys.stderr)
    results: dict[str, Figures] = {}
    for name in arguments.only:
        if name != OURS and arguments.no_peers:
            continue
        print(f"{name} …", file=sys.stderr)
        figures = contender(name, folders, arguments.limit, arguments.environments)
        if figures is not None:
            results[name] = figures
    show(results, [folder.name for folder in folders])
    return 0 if results else 1


def details(corpus: Path) -> int:
    """What the scorer beside the project says of us, on every set."""
    scorer = corpus.parent / "tools" / "score_extraction.py"
    folders = [str(corpus / name) for name in (*SETS, *MORE) if (corpus / name).is_dir()]
    if not folders or not scorer.exists():
        print(f"no corpus at {corpus}: nothing to measure", file=sys.stderr)
        return 1
    command = [sys.executable, str(scorer), "--extractor", "benchmarks.adapters:extract"]
    return subprocess.run([*command, "--dataset", *folders], cwd=ROOT, check=False).returncode


def contender(name: str, folders: list[Path], limit: int | None, home: Path) -> Figures | None:
    """The figures of ``name``; None, said on stderr, when it cannot be installed or run."""
    try:
        if name == OURS:
            python, function = Path(sys.executable), "benchmarks.adapters:extract"
        else:
            packages, short = PEERS[name]
            python, function = environment(home, packages), f"benchmarks.peers:{short}"
        command = [str(python), "-m", "benchmarks.score_pages", function]
        command += ["--limit", str(limit)] if limit else []
        command += map(str, folders)
        done = subprocess.run(
            command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=TIMEOUT
        )
    except (subprocess.SubprocessError, OSError) as problem:
        said = getattr(problem, "stderr", None) or str(problem)
        lines = str(said).strip().splitlines() or ["?"]
        print(f"{name}: left out: {lines[-1][:200]}", file=sys.stderr)
        return None
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def environment(home: Path, packages: tuple[str, ...]) -> Path:
    """The Python of a virtual environment that holds ``packages``; made at its first use."""
    folder = home / packages[0]
    python = folder / "bin" / "python"
    ready = folder / ".installed"
    wanted = " ".join(packages)
    if not ready.exists() or ready.read_text() != wanted:
        if not python.exists():
            venv.create(folder, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *packages]
        subprocess.run(install, check=True, capture_output=True, text=True, timeout=TIMEOUT)
        ready.write_text(wanted)
    return python


def own_pages(folder: Path) -> Path:
    """Our own pages and their truth as files, in the corpus' shape."""
    from tests.pages.copies import copies
    from tests.pages.layouts import LAYOUTS

    (folder / "html").mkdir(parents=True, exist_ok=True)
    rows: list[str] = []
    for number, copy in enumerate(copies()):
        for layout in LAYOUTS:
            name = f"{copy.language}-{number}-{layout.__name__}"
            html = layout(copy).encode()
            (folder / "html" / f"{name}.html.gz").write_bytes(gzip.compress(html, mtime=0))
            row = {
                "id": name,
                "url": f"https://phare.example/{name}.html",
                "html": f"html/{name}.html.gz",
                "encoding": "utf-8",
                "truth": {"text": "\n".join(copy.paragraphs)},
            }
            rows.append(json.dumps(row, ensure_ascii=False))
    (folder / "manifest.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def show(results: dict[str, Figures], sets: list[str]) -> None:
    """F1, exact texts and CPU of each contender on each set, as a Markdown table."""
    if not results:
        return
    pages = next(iter(results.values()))
    heads = [f"{name} ({pages[name]['pages']:.0f})" for name in sets]
    print(f"| body F1 / exact / CPU ms | {' | '.join(heads)} |")
    print("|---|" + "---|" * len(sets))
    for name, figures in results.items():
        cells = [
            f"{one['f1']:.3f} / {one['exact']:.2f} / {one['ms']:.1f}"
            for one in (figures[folder] for folder in sets)
        ]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    raise SystemExit(main())
