"""How `make bench` measures: in turn, whole programs, and an earlier commit beside this one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from scripts.bench_base import checkout
from scripts.bench_folder import corpus_of, dockerfiles_in
from scripts.bench_rows import BenchFailed, Row, Used, ecr_public_pull, in_turn

# A child that works, and the line by which `check` says that it got to its end.
WORKS_IN_A_CHILD = """
import subprocess, sys
work = "import time\\nwhile time.process_time() < 0.3: pass"
subprocess.run([sys.executable, "-c", work], check=True)
print("0 errors, 0 warnings in 1 file", file=sys.stderr)
"""


def git(folder: Path, *arguments: str) -> str:
    """Runs git, which needs a name for commits."""
    named = ["-c", "user.name=n", "-c", "user.email=e@example.com"]
    command = ["git", *named, *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit of one file."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet")
    (folder / "file").write_text("committed\n")
    git(folder, "add", "file")
    git(folder, "commit", "--quiet", "--message", "a file")
    (folder / "file").write_text("changed since\n")
    return folder


def program(folder: Path, text: str) -> Path:
    """Writes what runs instead of the command line; returns the folder with its package."""
    package = folder / "cdk_ecr_public_pull"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        pytest.param(Row(name="n", ratios=[9, 1, 2], goal=None), "no goal", id="no goal"),
        pytest.param(Row(name="n", ratios=[9, 1, 2], goal=2), "at most 2      ok", id="at most"),
        pytest.param(Row(name="n", ratios=[1, 3], goal=1.9), "at most 1.9    MISSED", id="above"),
        pytest.param(
            Row(name="n", ratios=[9, 1, 2], goal=2, at_least=True),
            "at least 2     ok",
            id="at least",
        ),
        pytest.param(
            Row(name="n", ratios=[1, 3], goal=2.1, at_least=True),
            "at least 2.1   MISSED",
            id="below",
        ),
    ],
)
def test_the_median_decides_whether_a_goal_is_met(row: Row, verdict: str) -> None:
    """A row shows its median, its spread and its goal, and whether the median meets it."""
    spread = "(1.00 to 9.00)" if max(row.ratios) == 9 else "(1.00 to 3.00)"
    shown = f"{'n':58}     2.00 {spread}       {verdict}"
    assert (str(row), row.is_met) == (shown, "MISSED" not in verdict)


def test_either_program_comes_first_in_every_other_round() -> None:
    """Each round has the figures in the order of the programs, however it went."""
    runs: list[str] = []

    def work(name: str) -> Used:
        runs.append(name)
        return Used(wall=len(runs), cpu=0)

    works: list[Callable[[], Used]] = [partial(work, name) for name in "ab"]
    walls = [tuple(used.wall for used in turn) for turn in in_turn(*works, rounds=2)]
    assert ("".join(runs), walls) == ("ababba", [(3, 4), (6, 5)])


def test_the_time_of_workers_counts(tmp_path: Path) -> None:
    """CPU time is that of a program and of those that it has waited for."""
    used = ecr_public_pull("check", ".", folder=tmp_path, code=program(tmp_path, WORKS_IN_A_CHILD))
    assert used.cpu >= 0.3


def test_a_program_that_fails_is_not_measured(tmp_path: Path) -> None:
    """What fails at its start would be quick, and may have the status of `check`."""
    code = program(tmp_path, "import sys\nsys.exit('no such module')")
    with pytest.raises(BenchFailed) as caught:
        ecr_public_pull("check", ".", folder=tmp_path, code=code)
    assert str(caught.value) == (
        f"{sys.executable} -m cdk_ecr_public_pull check … with the code in {code} "
        "ended with status 1:\nno such module\n"
    )


def test_the_installed_package_does_not_stand_in(tmp_path: Path) -> None:
    """A commit from before the package had its name is not compared with itself."""
    with pytest.raises(BenchFailed) as caught:
        ecr_public_pull("check", ".", folder=tmp_path, code=tmp_path)
    assert str(caught.value) == f"there is no package cdk_ecr_public_pull in {tmp_path}"


def test_only_dockerfiles_are_copied(tmp_path: Path) -> None:
    """The copy has neither configuration nor links, and can be written to."""
    for name in ("a/Dockerfile", "b/c.dockerfile", "ecr-public-pull.toml", ".git/Dockerfile"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("FROM node\n")
    (tmp_path / "a/Dockerfile").chmod(0o444)
    (tmp_path / "Dockerfile").symlink_to("a/Dockerfile")
    with corpus_of(tmp_path) as corpus:
        copied = [path for path in sorted(corpus.folder.rglob("*")) if path.is_file()]
        modes = [path.stat().st_mode & 0o200 for path in copied]
        names = [str(path.relative_to(corpus.folder)) for path in copied]
    title = f"The Dockerfiles of {tmp_path}: 2 files, 20 bytes"
    wanted = ["a/Dockerfile", "b/c.dockerfile"]
    assert (names, modes, corpus.names, corpus.title) == (wanted, [0o200] * 2, wanted, title)


def test_a_folder_without_dockerfiles_is_refused(tmp_path: Path) -> None:
    """A folder that is missing, or has none, cannot be measured."""
    with pytest.raises(BenchFailed) as caught:
        dockerfiles_in(tmp_path / "missing")
    assert str(caught.value) == f"FOLDER={tmp_path}/missing: no Dockerfile in this folder"


def test_a_commit_is_checked_out_and_removed_again(repository: Path) -> None:
    """The folder has the commit's files, and is gone however the measurement ends."""
    before = git(repository, "worktree", "list")
    with pytest.raises(KeyboardInterrupt), checkout("HEAD", repository=repository) as place:  # noqa: PT012  (the file is gone afterwards)
        content = (place / "file").read_text()
        raise KeyboardInterrupt
    after = git(repository, "worktree", "list")
    assert (content, place.exists(), after) == ("committed\n", False, before)


def test_an_unknown_commit_is_named(repository: Path) -> None:
    """Git says what is wrong with BASE, and nothing is left behind."""
    with pytest.raises(BenchFailed) as caught, checkout("0123abc", repository=repository):
        pass
    assert str(caught.value) == "git rev-parse 0123abc^{commit}: fatal: Needed a single revision"
