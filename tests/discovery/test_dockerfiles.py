"""Which files of a folder are Dockerfiles, in a git checkout and outside of one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cdk_ecr_public_pull.discovery.dockerfiles import (
    FoundDockerfiles,
    find_dockerfiles,
    is_dockerfile_name,
)
from tests.cli.program import Cli

HUB = b"FROM node:21\n"


def find(*paths: str) -> FoundDockerfiles:
    """What is found in folders where nothing is ignored."""
    return find_dockerfiles(paths, is_ignored=lambda _: False)


def _found(
    names: list[str] | None = None,
    unusable: list[str] | None = None,
    warnings: list[str] | None = None,
) -> FoundDockerfiles:
    return FoundDockerfiles(names or [], unusable or [], warnings or [])


def git(folder: Path, *arguments: str) -> None:
    """Run git, as nobody in particular."""
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    allowed = ("-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main")
    command = ["git", *identity, *allowed, *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dockerfiles", False),
        ("MyDockerfile", False),
        ("Dockerfile.dockerignore", False),
        ("api.Dockerfile.dockerignore", False),
        ("Dockerfile.DockerIgnore", False),
        (".dockerignore", False),
        (".Dockerfile", False),
        ("Dockerfile.", False),
        ("Dockerfile~", False),
        ("docker-compose.yml", False),
        ("Dockerfile", True),
        ("dockerfile", True),
        ("DOCKERFILE", True),
        ("Dockerfile.prod", True),
        ("Dockerfile.prod.arm64", True),
        ("api.Dockerfile", True),
        ("a.b.dockerfile", True),
        ("Containerfile", True),
        ("Containerfile.test", True),
        ("api.Containerfile", True),
        ("Dockerfile.a\nb", True),
        ("Dockerfile.\udcff", True),
    ],
)
def test_names(name: str, expected: bool) -> None:
    """A Dockerfile is known by its name, in any case."""
    assert is_dockerfile_name(name) is expected


@pytest.mark.parametrize(
    ("path", "names"),
    [
        (".", ["Dockerfile", "a/Dockerfile", "a/b/x.Dockerfile"]),
        ("./", ["Dockerfile", "a/Dockerfile", "a/b/x.Dockerfile"]),
        ("a", ["a/Dockerfile", "a/b/x.Dockerfile"]),
        ("./a//b/", ["a/b/x.Dockerfile"]),
        ("a/../a/b", ["a/../a/b/x.Dockerfile"]),
        ("to-a", ["to-a/Dockerfile", "to-a/b/x.Dockerfile"]),
        ("a/b/notes", ["a/b/notes"]),
        ("./a/Dockerfile", ["./a/Dockerfile"]),
    ],
)
def test_paths(cli: Cli, path: str, names: list[str]) -> None:
    """Files keep the name that was given; those below a folder follow its name, in order."""
    for name in ("Dockerfile", "a/Dockerfile", "a/b/x.Dockerfile", "a/b/notes"):
        cli.write(name, HUB)
    (cli.folder / "a" / "c.Dockerfile").mkdir()
    (cli.folder / "to-a").symlink_to("a")
    assert find(path) == _found(names=names)


def test_an_absolute_folder(cli: Cli) -> None:
    """Below an absolute folder the names are absolute."""
    path = cli.write("a/Dockerfile", HUB)
    assert find(str(cli.folder)) == _found(names=[str(path)])


def test_a_folder_that_cannot_be_read(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is searched, and the folder is told."""
    for name in ("Dockerfile", "a/Dockerfile", "b/Dockerfile"):
        cli.write(name, HUB)
    real = os.scandir

    def scandir(path: str) -> object:
        if os.fspath(path).endswith("a"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert find(".") == _found(
        names=["Dockerfile", "b/Dockerfile"], unusable=["./a: cannot be read: Permission denied"]
    )
    assert find("a") == _found(unusable=["a: cannot be read: Permission denied"])


@pytest.fixture
def checkout(cli: Cli) -> Cli:
    """A git checkout with a file of each kind."""
    git(cli.folder, "init")
    for name in ("Dockerfile", "a/é.Dockerfile", "a/deleted.Dockerfile", "a/forced.Dockerfile"):
        cli.write(name, HUB)
    cli.write(".gitignore", "forced.*\nignored.*\n/build\n")
    git(cli.folder, "add", "--force", ".")
    git(cli.folder, "commit", "--message", "x")
    (cli.folder / "a" / "deleted.Dockerfile").unlink()
    for name in ("a/new.Dockerfile", "a/ignored.Dockerfile", "build/Dockerfile", "a/notes"):
        cli.write(name, HUB)
    return cli


TRACKED = ["Dockerfile", "a/forced.Dockerfile", "a/new.Dockerfile", "a/é.Dockerfile"]


@pytest.mark.parametrize(
    ("path", "names"),
    [(".", TRACKED), ("a", TRACKED[1:]), ("a/ignored.Dockerfile", ["a/ignored.Dockerfile"])],
)
def test_a_checkout(checkout: Cli, path: str, names: list[str]) -> None:
    """What git tracks or does not ignore is found, if it is there, from any folder of it."""
    assert checkout.folder.is_dir()
    assert find(path) == _found(names=names)


def test_an_ignored_folder(checkout: Cli) -> None:
    """A folder that git ignores has no files, and the message says how to name them."""
    assert checkout.folder.is_dir()
    assert find("build") == _found(
        unusable=[
            (
                "build: no Dockerfile in this folder; looked for Dockerfile, Dockerfile.*, "
                "*.Dockerfile and the same with Containerfile\n"
                "  help: files that git ignores are looked at if they are named one by one"
            )
        ]
    )


def test_the_environment_of_a_hook(checkout: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder's own checkout counts, whatever git has told a hook."""
    other = checkout.folder.parent / "other"
    other.mkdir()
    git(other, "init")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/other-index")
    assert find(".") == _found(names=TRACKED)


def test_checkouts_in_a_checkout(cli: Cli) -> None:
    """Submodules, and checkouts that git does not know, follow their own rules."""
    inner = cli.folder / "source"
    for folder in (inner, cli.folder / "outer", cli.folder / "outer" / "loose"):
        folder.mkdir()
        git(folder, "init")
        (folder / "Dockerfile").write_bytes(HUB)
        (folder / ".gitignore").write_text("ignored.*\n", "utf-8")
        git(folder, "add", "Dockerfile", ".gitignore")
        git(folder, "commit", "--message", "x")
    outer = cli.folder / "outer"
    git(outer, "submodule", "add", str(inner), "sub/module")
    git(outer, "submodule", "add", str(inner), "empty")
    git(outer, "submodule", "deinit", "--force", "empty")
    cli.write("outer/sub/module/new.Dockerfile", HUB)
    cli.write("outer/sub/module/ignored.Dockerfile", HUB)
    below = ["sub/module/Dockerfile", "sub/module/new.Dockerfile"]
    assert find("outer") == _found(
        names=[f"outer/{name}" for name in ("Dockerfile", "loose/Dockerfile", *below)]
    )
    assert find("outer/sub") == _found(names=[f"outer/{name}" for name in below])
    assert find("outer/sub/module") == _found(names=[f"outer/{name}" for name in below])


def hide_git(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take git away."""
    monkeypatch.setenv("PATH", str(cli.folder))


def break_checkout(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a checkout whose repository is elsewhere, as in a container."""
    del monkeypatch
    (cli.folder / ".git").rename(cli.folder.parent / "elsewhere")
    (cli.folder / ".git").write_text("gitdir: /nowhere/else\n", "utf-8")


@pytest.mark.parametrize(
    ("spoil", "cause"),
    [
        (hide_git, "git cannot be run: No such file or directory"),
        (
            break_checkout,
            "git cannot list this folder: fatal: not a git repository: /nowhere/else",
        ),
    ],
)
def test_a_checkout_that_git_cannot_list(
    checkout: Cli,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Cli, pytest.MonkeyPatch], None],
    cause: str,
) -> None:
    """Without git's help every Dockerfile is found, and a warning says so."""
    spoil(checkout, monkeypatch)
    assert find(".") == _found(
        names=sorted([*TRACKED, "a/ignored.Dockerfile", "build/Dockerfile"]),
        warnings=[f".: {cause}; files that git ignores are looked at too"],
    )
    ran = checkout("check", ".")
    assert (ran.status, ran.err.splitlines()[0]) == (
        1,
        f"ecr-public-pull: .: {cause}; files that git ignores are looked at too",
    )


def test_ignored_files(cli: Cli) -> None:
    """What the configuration ignores is left out, also where it is named."""
    cli.write("Dockerfile", HUB)
    cli.write("vendor/Dockerfile", HUB)
    found = find_dockerfiles(
        [".", "vendor/Dockerfile", "vendor"], is_ignored=lambda name: name.startswith("vendor")
    )
    assert found == _found(names=["Dockerfile"])
