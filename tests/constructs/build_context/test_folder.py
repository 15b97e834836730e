"""The files of a build context, their hash, and their copy."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest

from cdk_ecr_public_pull.constructs.build_context import folder
from cdk_ecr_public_pull.constructs.build_context.dockerignore import IgnoreRules

NOWHERE = Path("/nowhere")


def make(root: Path, files: dict[str, str]) -> Path:
    """A folder with these files."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return root


def rules(*texts: str) -> list[IgnoreRules]:
    """One set of ignore rules for each text."""
    return [IgnoreRules.parse(text, path=".dockerignore") for text in texts]


def listed(root: Path, *texts: str, kept: tuple[str, ...] = ()) -> list[str]:
    """The paths of a context."""
    found = folder.entries(
        root,
        kept={PurePosixPath(name): b"" for name in kept},
        rules=rules(*texts),
        outside=NOWHERE,
    )
    return [str(entry.path) for entry in found]


FILES = {"Dockerfile": "", "a/b/c": "", "a/x": "", "secret": ""}
ENTRIES = {
    "all, sorted": ((), (), ["Dockerfile", "a", "a/b", "a/b/c", "a/x", "secret"]),
    "what a rule ignores is left out": (("secret\na",), (), ["Dockerfile"]),
    "what is brought back comes without its folder": (("*\n!a/b/c",), (), ["a/b/c"]),
    "what one build needs is there": (("a\nsecret", "secret"), (), [
        "Dockerfile", "a", "a/b", "a/b/c", "a/x",
    ]),
    "what one build brings back is there": (("*", "*\n!a/x"), (), ["a/x"]),
    "kept files are there whatever the rules say": (("*",), ("a/x", "Dockerfile"), [
        "Dockerfile", "a/x",
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("texts", "kept", "expected"), ENTRIES.values(), ids=ENTRIES)
def test_entries(
    tmp_path: Path, texts: tuple[str, ...], kept: tuple[str, ...], expected: list[str]
) -> None:
    """A context has what its builds may see."""
    make(tmp_path, FILES)

    assert listed(tmp_path, *texts, kept=kept) == expected


def test_entries_outside(tmp_path: Path) -> None:
    """A cloud assembly within the context is no part of it."""
    make(tmp_path, {"a": "", "cdk.out/b": ""})

    found = folder.entries(tmp_path, kept={}, rules=[], outside=tmp_path / "cdk.out")

    assert [str(entry.path) for entry in found] == ["a"]


def test_entries_neither_file_nor_folder(tmp_path: Path) -> None:
    """A named pipe is in no build context, and is not opened."""
    os.mkfifo(tmp_path / "pipe")

    assert listed(tmp_path) == []


def hash_of(root: Path, kept: dict[PurePosixPath, bytes] | None = None) -> str:
    """The hash of a folder."""
    found = folder.entries(root, kept=kept or {}, rules=[], outside=NOWHERE)
    return folder.content_hash(found)


def a_context(root: Path) -> Path:
    """A folder with one entry of each kind."""
    make(root, {"file": "text", "run.sh": "#!/bin/sh\n"})
    (root / "run.sh").chmod(0o755)
    (root / "link").symlink_to("file")
    (root / "empty").mkdir()
    return root


def test_hash_is_the_same_elsewhere(tmp_path: Path) -> None:
    """Neither the place, nor the time, nor the umask of a checkout changes the hash."""
    one, two = a_context(tmp_path / "one"), a_context(tmp_path / "two")
    (two / "file").chmod(0o600)
    os.utime(two / "file", (1, 1))

    assert hash_of(one) == hash_of(two)


CHANGES = {
    "another content": lambda root: (root / "file").write_text("texts"),
    "other line ends": lambda root: (root / "run.sh").write_bytes(b"#!/bin/sh\r\n"),
    "the right to execute": lambda root: (root / "run.sh").chmod(0o644),
    "another name": lambda root: (root / "file").rename(root / "file2"),
    "a new file": lambda root: (root / "new").touch(),
    "a file in place of a folder": lambda root: (
        (root / "empty").rmdir(),
        (root / "empty").touch(),
    ),
    "another link": lambda root: ((root / "link").unlink(), (root / "link").symlink_to("run.sh")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_hash_changes_with(tmp_path: Path, change: object) -> None:
    """All that a build can see is in the hash."""
    assert callable(change)
    root = a_context(tmp_path)
    before = hash_of(root)

    change(root)

    assert hash_of(root) != before


def test_hash_counts_the_new_content(tmp_path: Path) -> None:
    """A rewritten file counts with its new content."""
    root = make(tmp_path / "one", {"file": "text"})
    same = make(tmp_path / "two", {"file": "texts"})

    assert hash_of(root, {PurePosixPath("file"): b"texts"}) == hash_of(same)


def test_copy(tmp_path: Path) -> None:
    """A copy has the same entries, modes and links, and the new content."""
    root = a_context(make(tmp_path / "in", {"a/deep/file": "deep"}))
    (root / "gone").symlink_to("../outside")
    found = folder.entries(
        root, kept={PurePosixPath("file"): b"new"}, rules=rules("a\n!a/deep/file"), outside=NOWHERE
    )
    target = tmp_path / "copy"

    folder.copy(found, target)

    assert {
        str(path.relative_to(target)): path.readlink() if path.is_symlink() else path.stat().st_mode
        for path in target.rglob("*")
    } == {
        "a": target.stat().st_mode,
        "a/deep": target.stat().st_mode,
        "a/deep/file": 0o100644,
        "empty": target.stat().st_mode,
        "file": 0o100644,
        "gone": Path("../outside"),
        "link": Path("file"),
        "run.sh": 0o100755,
    }
    assert (target / "file").read_bytes() == b"new"
    assert (root / "file").read_text() == "text"
    assert (target / "a/deep/file").read_text() == "deep"


def test_copy_that_is_there(tmp_path: Path) -> None:
    """A copy that is there is left alone: its name says what it holds."""
    root = make(tmp_path / "in", {"file": "text"})
    found = folder.entries(root, kept={}, rules=[], outside=NOWHERE)
    target = tmp_path / "copy"
    target.mkdir()

    folder.copy(found, target)

    assert list(target.iterdir()) == []


def test_copy_that_fails(tmp_path: Path) -> None:
    """Nothing half-written is left behind."""
    root = make(tmp_path / "in", {"a": "", "b": ""})
    out = tmp_path / "out"
    out.mkdir()
    found = folder.entries(root, kept={}, rules=[], outside=NOWHERE)
    (root / "b").unlink()

    with pytest.raises(FileNotFoundError):
        folder.copy(found, out / "copy")

    assert list(out.iterdir()) == []
