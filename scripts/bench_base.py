"""The current code against that of an earlier commit, both run by the same Python."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from scripts.bench_folder import ROUNDS_OF_ONE_FILE, Corpus, one_file
from scripts.bench_rows import ROOT, BenchFailed, Row, Used, ecr_public_pull, in_turn

# An even number: either comes first equally often.
ROUNDS = 6


@contextmanager
def checkout(commit: str, *, repository: Path = ROOT) -> Iterator[Path]:
    """Check a commit out into a temporary folder, which is removed again.

    Args:
        commit: The commit.
        repository: The checkout that has it.

    Yields:
        The folder with the commit's files.

    Raises:
        BenchFailed: Git does not know the commit.
    """
    wanted = f"{commit}^{{commit}}"
    found = _git(repository, "rev-parse", "--verify", "--end-of-options", wanted)
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary, "base")
        try:
            _git(repository, "worktree", "add", "--quiet", "--detach", str(place), found)
            yield place
        finally:
            # What it could not add, it cannot remove; the first failure is the one to tell.
            with suppress(BenchFailed):
                _git(repository, "worktree", "remove", "--force", str(place))
            _git(repository, "worktree", "prune")


def title_of(code: Path) -> str:
    """What commit a folder has checked out, for people."""
    return _git(code, "log", "-1", "--format=%h %s")


def against_base(corpus: Corpus, base: Path) -> Iterator[Row]:
    """Whole commands of the current code, against those of another.

    Args:
        corpus: The files.
        base: The folder with the other code.
    """
    check = partial(ecr_public_pull, "check", ".", folder=corpus.folder)
    rounds = in_turn(partial(check, code=base), partial(check, code=ROOT), rounds=ROUNDS)
    yield _cpu_row("check", rounds, goal=0.65)
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary, "copy")
        shutil.copytree(corpus.folder, copy)
        fix = partial(_fix, corpus, copy)
        rounds = in_turn(partial(fix, base), partial(fix, ROOT), rounds=ROUNDS)
    yield _cpu_row("fix", rounds, goal=0.8)
    with one_file() as folder:
        check = partial(ecr_public_pull, "check", "Dockerfile", folder=folder)
        start = partial(check, code=base), partial(check, code=ROOT)
        rounds = in_turn(*start, rounds=ROUNDS_OF_ONE_FILE)
    yield Row(
        name="check of one small file: time, of BASE's",
        ratios=[now.wall / before.wall for before, now in rounds],
        goal=0.85,
    )
    yield _cpu_row("check of one small file", rounds, goal=0.85)


def _cpu_row(name: str, rounds: Sequence[tuple[Used, ...]], *, goal: float) -> Row:
    ratios = [now.cpu / before.cpu for before, now in rounds]
    return Row(name=f"{name}: CPU time, of BASE's", ratios=ratios, goal=goal)


def _fix(corpus: Corpus, copy: Path, code: Path) -> Used:
    """Run `fix` on a copy of the files, which is as the files are before that."""
    for name in corpus.names:
        content = (corpus.folder / name).read_bytes()
        if (copy / name).read_bytes() != content:
            (copy / name).write_bytes(content)
    return ecr_public_pull("fix", ".", folder=copy, code=code)


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BenchFailed(f"git {arguments[0]} {arguments[-1]}: {done.stderr.strip()}")
    return done.stdout.strip()
