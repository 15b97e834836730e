"""Input that cannot be used: a message, exit status 2, and nothing changed or left behind."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cdk_ecr_public_pull.cli.commands import check_command
from cdk_ecr_public_pull.dockerfile.rewrite import check_dockerfile
from tests.cli.program import Cli, Ran, run

HUB = b"FROM node:21\n"
MOVED = b"FROM public.ecr.aws/docker/library/node:21\n"


def missing(path: Path) -> None:
    """Nothing at all."""
    del path


def empty_folder(path: Path) -> None:
    """A folder without Dockerfiles."""
    (path / "sub").mkdir(parents=True)
    (path / "sub" / "Dockerfile.dockerignore").touch()


def binary(path: Path) -> None:
    """A program, say."""
    path.write_bytes(b"\x7fELF\0FROM node\n")


def utf_16(path: Path) -> None:
    """What PowerShell's > writes."""
    path.write_bytes("FROM node\n".encode("utf-16"))


def named_pipe(path: Path) -> None:
    """A FIFO that nobody writes to."""
    os.mkfifo(path)


def open_socket(path: Path) -> None:
    """A socket."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def link_to_nothing(path: Path) -> None:
    """A symbolic link whose target is gone."""
    path.symlink_to("gone/Dockerfile")


def link_to_itself(path: Path) -> None:
    """A symbolic link that leads nowhere."""
    path.symlink_to(path.name)


def unreadable(path: Path) -> None:
    """A file whose content cannot be read, even by root."""
    path.symlink_to("/proc/self/mem")


NOT_ORDINARY = (
    "is not an ordinary file.\n  help: send its content to the standard input, and name - instead"
)
NO_DOCKERFILE = (
    "no Dockerfile in this folder; looked for Dockerfile, Dockerfile.*, *.Dockerfile and the same "
    "with Containerfile"
)
CASES = [
    (missing, "no such file or folder"),
    (empty_folder, NO_DOCKERFILE),
    (binary, "is a binary file, not a Dockerfile"),
    (utf_16, "is text in UTF-16.\n  help: save it as UTF-8"),
    (named_pipe, NOT_ORDINARY),
    (link_to_nothing, "is a symbolic link to gone/Dockerfile, which does not exist"),
    (link_to_itself, "cannot be read: Too many levels of symbolic links"),
    (open_socket, "cannot be read: No such device or address"),
    pytest.param(
        unreadable,
        "cannot be read: Input/output error",
        marks=pytest.mark.skipif(sys.platform != "linux", reason="the file is Linux's"),
    ),
]
NOTHING = "0 errors, 0 warnings in 0 files\n"


@pytest.mark.parametrize(("make", "message"), CASES)
@pytest.mark.parametrize(
    ("command", "summary"),
    [("check", NOTHING), ("fix", f"0 files changed; left: {NOTHING}"), ("pulls", "")],
)
def test_what_cannot_be_read(
    cli: Cli, command: str, summary: str, make: Callable[[Path], None], message: str
) -> None:
    """Each kind has its message, and the other files are worked on all the same."""
    make(cli.folder / "x")
    assert cli(command, "x") == Ran(status=2, err=f"ecr-public-pull: x: {message}\n{summary}")
    cli.write("Dockerfile", "FROM scratch\n")
    assert cli(command, "x", "Dockerfile").status == 2


@pytest.mark.parametrize("make", [named_pipe, link_to_nothing, binary])
def test_what_cannot_be_read_in_a_folder(cli: Cli, make: Callable[[Path], None]) -> None:
    """A Dockerfile in a folder that is none is told, and the others are checked."""
    make(cli.folder / "Dockerfile")
    cli.write("a/Dockerfile", HUB)
    ran = cli("check", ".")
    assert (ran.status, ran.out.count("a/Dockerfile:1:6"), ran.err.count("Dockerfile: is")) == (
        2,
        1,
        1,
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ("fix", "Dockerfile"),
            Ran(
                status=2,
                err="ecr-public-pull: Dockerfile: is read-only; it is not changed.\n"
                "  help: make it writable (chmod u+w), or run this as its owner\n"
                f"0 files changed; left: {NOTHING}",
            ),
        ),
        (
            ("fix", "--diff", "Dockerfile"),
            Ran(
                status=2,
                err="ecr-public-pull: Dockerfile: is read-only; it is not changed.\n"
                "  help: make it writable (chmod u+w), or run this as its owner\n"
                f"0 files would be changed; left: {NOTHING}",
            ),
        ),
    ],
)
def test_a_read_only_file(cli: Cli, arguments: tuple[str, ...], expected: Ran) -> None:
    """The mode decides, for root as for everybody; checking is allowed."""
    path = cli.write("Dockerfile", HUB)
    path.chmod(0o444)
    before = path.stat()
    assert cli(*arguments) == expected
    assert cli("check", "Dockerfile").status == 1
    assert (cli.files(), path.stat().st_ino) == ({"Dockerfile": HUB}, before.st_ino)


def test_a_symbolic_link(cli: Cli) -> None:
    """A link is checked, and not replaced by a file; the file that it leads to is named."""
    cli.write("real/Dockerfile", HUB)
    (cli.folder / "link").symlink_to("real/Dockerfile")
    assert cli("fix", "link") == Ran(
        status=2,
        err=f"ecr-public-pull: link: is a symbolic link to {cli.folder}/real/Dockerfile; "
        "it is not changed.\n  help: name that file itself\n"
        f"0 files changed; left: {NOTHING}",
    )
    assert cli("check", "link").status == 1
    assert (cli.folder / "link").is_symlink()
    assert cli.files() == {"link": HUB, "real/Dockerfile": HUB}


@pytest.mark.parametrize("paths", [("link", "real"), ("real", "link"), (".",), (".", "link")])
def test_a_link_beside_its_file(cli: Cli, paths: tuple[str, ...]) -> None:
    """A file that is worked on anyway is not refused for a link to it."""
    cli.write("real/a.Dockerfile", HUB)
    (cli.folder / "link").symlink_to("real/a.Dockerfile")
    (cli.folder / "Dockerfile").symlink_to("real/a.Dockerfile")
    assert cli("fix", *paths) == Ran(
        status=0,
        err="real/a.Dockerfile: 1 change made\n"
        "1 file changed; left: 0 errors, 0 warnings in 1 file\n",
    )
    assert (cli.folder / "Dockerfile").is_symlink()


@pytest.mark.parametrize(
    "paths",
    [
        ("Dockerfile", "Dockerfile"),
        ("Dockerfile", "./Dockerfile", ".//Dockerfile"),
        (".", "."),
        (".", "Dockerfile"),
        ("a/..", "."),
        ("folder-link", "."),
    ],
)
def test_each_file_once(cli: Cli, paths: tuple[str, ...]) -> None:
    """A file that is named in several ways is worked on once."""
    cli.write("Dockerfile", HUB)
    (cli.folder / "a").mkdir()
    (cli.folder / "folder-link").symlink_to(".")
    ran = cli("check", *paths)
    assert ran.err == "1 error, 0 warnings in 1 file; ecr-public-pull fix mends 1\n"


def test_the_standard_input_once(cli: Cli) -> None:
    """The standard input can be read but once."""
    assert cli("check", "-", "-", stdin=b"FROM scratch\n").err == "0 errors, 0 warnings in 1 file\n"


@pytest.mark.parametrize(
    ("stdin", "message"),
    [
        (b"FROM node\0\n", "-: is a binary file, not a Dockerfile"),
        ("FROM node\n".encode("utf-16"), "-: is text in UTF-16.\n  help: save it as UTF-8"),
    ],
)
def test_a_wrong_standard_input(cli: Cli, stdin: bytes, message: str) -> None:
    """What is no text is not passed on."""
    assert cli("fix", "-", stdin=stdin) == Ran(
        status=2, err=f"ecr-public-pull: {message}\n0 files changed; left: {NOTHING}"
    )


def test_a_closed_standard_input(tmp_path: Path) -> None:
    """Without a standard input there is a message."""
    ran = run("check", "-", folder=tmp_path, before=["sh", "-c", 'exec "$@" <&-', "sh"])
    assert ran == Ran(status=2, err=f"ecr-public-pull: -: the standard input is closed\n{NOTHING}")


@pytest.mark.skipif(os.geteuid() != 0, reason="root tries it as somebody else")
def test_a_folder_that_may_not_be_written(cli: Cli) -> None:
    """Where no file may be made the old one stays."""
    cli.write("a/Dockerfile", HUB)
    os.chown(cli.folder / "a" / "Dockerfile", 65534, 65534)
    for folder in (cli.folder, *cli.folder.parents[:2]):
        folder.chmod(0o755)
    # What is imported late is imported before the rights are given up.
    cli("fix", "-", stdin=HUB)
    cli.write("warm/Dockerfile", HUB)
    cli("fix", "warm")
    os.seteuid(65534)
    try:
        ran = cli("fix", "a/Dockerfile")
    finally:
        os.seteuid(0)
    assert ran == Ran(
        status=2,
        err="ecr-public-pull: a/Dockerfile: cannot be written: Permission denied; "
        f"it is left as it is\n0 files changed; left: {NOTHING}",
    )
    assert cli.files() == {"a/Dockerfile": HUB, "warm/Dockerfile": MOVED}


def test_a_full_disk(cli: Cli) -> None:
    """Where the new content finds no room the old one stays, and nothing beside it."""
    cli.write("Dockerfile", HUB)
    ran = run(
        "fix", "Dockerfile", folder=cli.folder, before=["sh", "-c", 'ulimit -f 0; exec "$@"', "sh"]
    )
    assert ran == Ran(
        status=2,
        err="ecr-public-pull: Dockerfile: cannot be written: File too large; "
        f"it is left as it is\n0 files changed; left: {NOTHING}",
    )
    assert cli.files() == {"Dockerfile": HUB}


def test_a_fault_of_the_program(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw at one file does not hide the others, and is not taken for a finding."""
    cli.write("a/Dockerfile", HUB)
    cli.write("b/Dockerfile", HUB)

    def fail_once(content: bytes, *, path: str, **others: object) -> object:
        if path == "a/Dockerfile":
            raise RecursionError("too\x1b deep")
        return check_dockerfile(content, path=path, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(check_command, "check_dockerfile", fail_once)
    ran = cli("check", ".")
    assert (ran.status, ran.out.count("b/Dockerfile:1:6")) == (2, 1)
    assert ran.err == (
        "ecr-public-pull: a/Dockerfile: a fault of this program, please report it: "
        "RecursionError: too\\x1b deep\n"
        "1 error, 0 warnings in 1 file; ecr-public-pull fix mends 1\n"
    )
