"""Streams and signals: pipes that close, output that cannot be written, Ctrl-C."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.program import COMMAND, Cli, Ran, environment, run

HUB = b"FROM node:21\n"
MOVED = b"FROM public.ecr.aws/docker/library/node:21\n"


def write_many(folder: Path, files: int) -> None:
    """Make many Dockerfiles that each have a finding."""
    for number in range(files):
        (folder / f"{number:05}.Dockerfile").write_bytes(HUB)


def contents(folder: Path) -> set[bytes]:
    """The different contents of all files of a folder, hidden ones too."""
    return {path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("arguments", "files", "first"),
    [
        (("check", "."), 1_500, "00000.Dockerfile:1:6: error: node:21 is pulled from"),
        (("pulls", "."), 1_500, "00000.Dockerfile:1:6: docker.io/library/node:21 -> "),
        (("fix", "--diff", "."), 900, "--- a/00000.Dockerfile"),
    ],
)
def test_a_reader_that_has_seen_enough(
    tmp_path: Path, arguments: tuple[str, ...], files: int, first: str
) -> None:
    """`| head -1` ends the run without a word, and its status is that of a broken pipe."""
    write_many(tmp_path, files)
    with subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline().decode()
        process.stdout.close()
        err = process.stderr.read()
    assert (line[: len(first)], err, process.returncode) == (first, b"", 141)


def test_a_reader_that_is_gone(tmp_path: Path) -> None:
    """What is still to be written at the end is dropped without a word."""
    write_many(tmp_path, 1)
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ran = subprocess.run(
            [*COMMAND, "pulls", "."],
            cwd=tmp_path,
            env=environment(),
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writer)
    assert (ran.returncode, ran.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device is Linux's")
@pytest.mark.parametrize("arguments", [("check", "."), ("pulls", "--format=json", ".")])
def test_an_output_without_room(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Output that cannot be written is an error, so that a script does not trust half of it."""
    write_many(tmp_path, 1)
    ran = run(*arguments, folder=tmp_path, before=["sh", "-c", 'exec "$@" >/dev/full', "sh"])
    last = "ecr-public-pull: the output cannot be written: No space left on device\n"
    assert (ran.status, ran.err[-len(last) :]) == (2, last)


def test_closed_streams(tmp_path: Path) -> None:
    """Without any stream the exit status still tells."""
    write_many(tmp_path, 1)
    ran = run("check", ".", folder=tmp_path, before=["sh", "-c", 'exec "$@" >&- 2>&- <&-', "sh"])
    assert ran == Ran(status=1)


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start the program in a process group of its own, as a terminal's shell does."""
    return subprocess.Popen(
        # What a script starts with & ignores Ctrl-C, and so do the tests and this.
        ["env", "--default-signal=INT", *COMMAND, *arguments],
        cwd=folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def wait_for_a_change(folder: Path) -> None:
    """Wait until a file has been rewritten."""
    deadline = time.monotonic() + 30
    while (
        not any(path.read_bytes() == MOVED for path in folder.glob("*.Dockerfile"))
        and time.monotonic() < deadline
    ):
        time.sleep(0.005)


def wait_until_it_waits(process_id: int) -> None:
    """Wait until a process waits for its standard input: it sleeps in a call on descriptor 0."""
    deadline = time.monotonic() + 30
    quiet = 0
    while quiet < 5 and time.monotonic() < deadline:
        time.sleep(0.1)
        call = Path(f"/proc/{process_id}/syscall").read_text("ascii").split()
        quiet = quiet + 1 if call[1:2] == ["0x0"] else 0


def test_interrupted_while_waiting(tmp_path: Path) -> None:
    """Ctrl-C while the standard input is awaited: status 130, and no traceback."""
    process = start(tmp_path, "fix", "-")
    deadline = time.monotonic() + 60
    # Once more if the first came too early: the standard input stays open until the end.
    while process.poll() is None and time.monotonic() < deadline:
        wait_until_it_waits(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"")


@pytest.mark.parametrize("files", [900, 2_500], ids=["one process", "several processes"])
def test_interrupted_while_writing(tmp_path: Path, files: int) -> None:
    """Ctrl-C while files are rewritten: each is old or new, none is left beside them."""
    write_many(tmp_path, files)
    process = start(tmp_path, "fix", ".")
    wait_for_a_change(tmp_path)
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert b"Traceback" not in err
    left = contents(tmp_path)
    # On a busy machine the signal may come when the last file is done.
    assert (process.returncode, left) == (130, {HUB, MOVED}) or left == {MOVED}
    assert len(list(tmp_path.iterdir())) == files


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)],
)
def test_ended_while_writing(tmp_path: Path, number: int, status: int) -> None:
    """The end of the first process is that of the others, which finish their file."""
    write_many(tmp_path, 2_500)
    process = start(tmp_path, "fix", ".")
    wait_for_a_change(tmp_path)
    process.send_signal(number)
    # The pipes are closed when the last process is gone.
    _, err = process.communicate(timeout=60)
    assert (process.returncode, b"Traceback" in err) == (status, False)
    assert contents(tmp_path) == {HUB, MOVED}
    assert len(list(tmp_path.iterdir())) == 2_500


def terminal_output(master: int) -> Iterator[bytes]:
    """What is written to a terminal, until all its users are gone."""
    while True:
        try:
            part = os.read(master, 65_536)
        except OSError:
            return
        if not part:
            return
        yield part


@pytest.mark.parametrize(
    ("files", "has_bar"), [(10, False), (250, True), (1_200, True)], ids=["few", "many", "workers"]
)
def test_a_progress_bar(tmp_path: Path, files: int, has_bar: bool) -> None:
    """On a terminal many files have a bar, which is gone at the end; the results are whole."""
    write_many(tmp_path, files)
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    with (tmp_path.parent / "out").open("wb") as out:
        process = subprocess.Popen(
            [*COMMAND, "check", "."], cwd=tmp_path, env=environment(), stdout=out, stderr=slave
        )
        os.close(slave)
        shown = b"".join(terminal_output(master)).decode()
        os.close(master)
    assert (process.wait(60), "files/s" in shown) == (1, has_bar)
    summary = f"{files} errors, 0 warnings in {files} files; ecr-public-pull fix mends {files}"
    assert shown.splitlines()[-1].rpartition("\r")[2] == summary
    results = (tmp_path.parent / "out").read_text("utf-8")
    assert results == "".join(
        f"{number:05}.Dockerfile:1:6: error: node:21 is pulled from Docker Hub [docker-hub-pull]\n"
        "  FROM node:21\n       ^^^^^^^\n  help: pull public.ecr.aws/docker/library/node:21\n"
        for number in range(files)
    )


def test_no_bar_in_a_pipe(cli: Cli) -> None:
    """Where nobody looks there is no bar, and its library is not loaded."""
    write_many(cli.folder, 250)
    ran = cli("check", ".")
    assert ran.err == "250 errors, 0 warnings in 250 files; ecr-public-pull fix mends 250\n"
    assert not [name for name in sys.modules if name.partition(".")[0] == "tqdm"]
