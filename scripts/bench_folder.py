"""The folder of Dockerfiles that is measured, and other programs that read them."""

from __future__ import annotations

import base64
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cdk_ecr_public_pull.discovery.dockerfiles import is_dockerfile_name
from scripts.bench_rows import ROOT, BenchFailed, Row, ecr_public_pull, in_turn, program

SAMPLES = 1_080
ROUNDS = 5
# Short runs vary most, and cost least.
ROUNDS_OF_ONE_FILE = 40
# A tenth of a second each, with hadolint.
HADOLINT_FILES = 200
ONE_FILE = b"FROM public.ecr.aws/docker/library/node:21\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """A folder that holds Dockerfiles, and nothing else.

    Attributes:
        folder: The folder, which is not to be changed.
        names: The files, relative to the folder.
        title: What they are, for people.
    """

    folder: Path
    names: Sequence[str]
    title: str


@contextmanager
def corpus_of(folder: Path | None) -> Iterator[Corpus]:
    """Copy the Dockerfiles of a folder, or make some up, in a temporary folder.

    Without what else is there the folder is no checkout, and has no configuration.

    Args:
        folder: The folder; None to make files up.

    Raises:
        BenchFailed: The folder has no Dockerfile.
    """
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        if folder is None:
            names = _made_up(place)
            size = _size(place, names)
            kind = f"MADE-UP files ({SAMPLES:,} times the sample, and odd cases)"
            hint = "; FOLDER=path measures real ones"
        else:
            names = dockerfiles_in(folder)
            _copy(folder, place, names)
            size = _size(place, names)
            kind, hint = f"The Dockerfiles of {folder}", ""
        title = f"{kind}: {len(names):,} files, {size:,} bytes{hint}"
        yield Corpus(folder=place, names=names, title=title)


@contextmanager
def one_file() -> Iterator[Path]:
    """A temporary folder with one small Dockerfile."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "Dockerfile").write_bytes(ONE_FILE)
        yield Path(folder)


def dockerfiles_in(folder: Path) -> list[str]:
    """The Dockerfiles below a folder, relative to it; no links, which `fix` leaves alone.

    Args:
        folder: The folder.

    Raises:
        BenchFailed: There is none.
    """
    names = []
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != ".git"]
        paths = [Path(parent, name) for name in files if is_dockerfile_name(name)]
        names += [
            str(path.relative_to(folder))
            for path in paths
            if path.is_file() and not path.is_symlink()
        ]
    if not names:
        raise BenchFailed(f"FOLDER={folder}: no Dockerfile in this folder")
    return sorted(names)


def against_parsers(corpus: Corpus) -> Iterator[Row]:
    """Whole runs of `check`, against programs that only parse the same files."""
    parse = partial(program, sys.executable, str(ROOT / "scripts" / "bench_parse.py"))
    rounds = in_turn(
        partial(ecr_public_pull, "check", ".", folder=corpus.folder),
        partial(parse, "go", folder=corpus.folder),
        partial(parse, "python", folder=corpus.folder),
        rounds=ROUNDS,
    )
    yield Row(
        name="check: files per CPU second, of the Go parser's",
        ratios=[go.cpu / check.cpu for check, go, _ in rounds],
        goal=1.5,
        at_least=True,
    )
    yield Row(
        name="check, on all processors: files/s, of the Go parser's",
        ratios=[go.wall / check.wall for check, go, _ in rounds],
        goal=None,
    )
    yield Row(
        name="check: CPU time, of dockerfile-parse's",
        ratios=[check.cpu / python.cpu for check, _, python in rounds],
        goal=2,
    )


def against_hadolint(corpus: Corpus) -> Iterator[Row]:
    """Whole runs of `check` on some of the files, against hadolint."""
    step = -(-len(corpus.names) // HADOLINT_FILES)
    names = [f"./{name}" for name in corpus.names[::step]]
    hadolint = str(Path(sys.prefix) / "bin" / "hadolint")
    rounds = in_turn(
        partial(ecr_public_pull, "check", *names, folder=corpus.folder),
        partial(program, hadolint, "--no-fail", "--format", "json", *names, folder=corpus.folder),
        rounds=ROUNDS,
        warm_up=False,
    )
    yield Row(
        name=f"check of {len(names)} files: files/s, of hadolint's",
        ratios=[theirs.wall / ours.wall for ours, theirs in rounds],
        goal=50,
        at_least=True,
    )


def against_nothing() -> Iterator[Row]:
    """A check of one small file, against a Python that does nothing."""
    with one_file() as folder:
        rounds = in_turn(
            partial(ecr_public_pull, "check", "Dockerfile", folder=folder),
            partial(program, sys.executable, "-c", "pass", folder=folder),
            rounds=ROUNDS_OF_ONE_FILE,
        )
    yield Row(
        name="check of one small file: time, of `python -c pass`",
        ratios=[check.wall / nothing.wall for check, nothing in rounds],
        goal=4,
    )


def _made_up(place: Path) -> list[str]:
    table = json.loads((ROOT / "tests" / "data" / "dockerfile-cases.json").read_bytes())
    sample = (ROOT / "sample" / "Dockerfile").read_bytes()
    contents = [base64.b64decode(case["dockerfile_b64"]) for case in table]
    names = []
    for number, content in enumerate([*contents, *[sample] * SAMPLES]):
        names.append(f"{number:05}/Dockerfile")
        path = place / names[-1]
        path.parent.mkdir()
        path.write_bytes(content)
    return names


def _copy(folder: Path, place: Path, names: Sequence[str]) -> None:
    for name in names:
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # Without its mode: `fix` refuses a file that is read-only.
        shutil.copyfile(folder / name, path)


def _size(place: Path, names: Sequence[str]) -> int:
    return sum((place / name).stat().st_size for name in names)
