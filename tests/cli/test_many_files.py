"""Many files: several processes give what one gives."""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
from itertools import cycle, islice
from pathlib import Path

import pytest

from cdk_ecr_public_pull.cli import workers
from cdk_ecr_public_pull.cli.file_result import FileResult
from cdk_ecr_public_pull.errors import UnusableFile
from tests.cli.program import ROOT, Cli

CASES = ROOT / "tests" / "data" / "dockerfile-cases.json"
FILES = 300


def make_corpus(folder: Path) -> None:
    """Fill a folder with the cases, over and over, and a few files that cannot be used."""
    cases = json.loads(CASES.read_text("utf-8"))
    contents = cycle(base64.b64decode(case["dockerfile_b64"]) for case in cases)
    for number, content in enumerate(islice(contents, FILES)):
        (folder / str(number % 7)).mkdir(exist_ok=True)
        (folder / str(number % 7) / f"Dockerfile.{number}").write_bytes(content)
    (folder / "3" / "Dockerfile.binary").write_bytes(b"\0")
    (folder / "5" / "Dockerfile.gone").symlink_to("nowhere")


@pytest.fixture
def corpus(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A folder of many files, and two processors for it."""
    make_corpus(cli.folder)
    monkeypatch.setattr(workers, "_processors", lambda: 2)
    return cli


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "."),
        ("check", "--format", "json", "."),
        ("pulls", "."),
        ("pulls", "--format", "json", "--target", "build", "."),
        ("fix", "--diff", "."),
        ("fix", "."),
    ],
)
def test_several_processes_do_what_one_does(
    corpus: Cli, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """The output, its order, the messages, the exit status and the files are the same."""
    alone = corpus(*arguments)
    files = corpus.files()
    make_corpus_again(corpus)
    monkeypatch.setattr(workers, "MIN_FILES", 1)
    together = corpus(*arguments)
    assert together == alone
    assert corpus.files() == files


def make_corpus_again(corpus: Cli) -> None:
    """Undo what a run changed."""
    (corpus.folder / "5" / "Dockerfile.gone").unlink()
    make_corpus(corpus.folder)


def process_id(name: str) -> FileResult:
    """Work that tells which process does it."""
    return FileResult(output=f"{name} {os.getpid()}")


def kill_itself(name: str) -> FileResult:
    """Work that the system's lack of memory ends."""
    if name == "40":
        os.kill(os.getpid(), 9)
    return FileResult(output=name)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_other_processes_work(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """Many files go to other processes, however the system starts them, and stay in order."""
    old = multiprocessing.get_start_method()
    multiprocessing.set_start_method(method, force=True)
    monkeypatch.setattr(workers, "_processors", lambda: 2)
    try:
        names = [str(number) for number in range(workers.MIN_FILES)]
        lines = [result.output.split() for result in workers.results_of(process_id, names)]
    finally:
        multiprocessing.set_start_method(old, force=True)
    assert [name for name, _ in lines] == names
    assert str(os.getpid()) not in {process for _, process in lines}


@pytest.mark.parametrize(
    ("processors", "names"),
    [
        (2, [str(number) for number in range(workers.MIN_FILES - 1)]),
        (1, [str(number) for number in range(workers.MIN_FILES)]),
        (2, [*(str(number) for number in range(workers.MIN_FILES)), "-"]),
    ],
    ids=["few files", "one processor", "the standard input"],
)
def test_this_process_works(
    monkeypatch: pytest.MonkeyPatch, processors: int, names: list[str]
) -> None:
    """Where other processes are of no use, or have not the standard input, none is started."""
    monkeypatch.setattr(workers, "_processors", lambda: processors)
    results = list(workers.results_of(process_id, names))
    assert {result.output.split()[1] for result in results} == {str(os.getpid())}


def test_a_process_that_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run ends with a message, not with half of the results as if they were all."""
    monkeypatch.setattr(workers, "_processors", lambda: 2)
    names = [str(number) for number in range(workers.MIN_FILES)]
    with pytest.raises(UnusableFile) as caught:
        list(workers.results_of(kill_itself, names))
    assert str(caught.value) == (
        "a worker process was killed, so not all files were looked at.\n"
        "  help: see whether the machine ran out of memory, and run it again"
    )
