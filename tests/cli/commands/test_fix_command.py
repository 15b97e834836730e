"""`fix`: which bytes change, what is printed, and what is left alone."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cdk_ecr_public_pull.cli import files
from cdk_ecr_public_pull.cli.files import read_file, replace_file
from cdk_ecr_public_pull.errors import UnusableFile
from tests.cli.program import Cli, Ran, run

OFFICIAL = b"public.ecr.aws/docker/library/"
HUB = b"FROM node:21\n"
MOVED = b"FROM " + OFFICIAL + b"node:21\n"


@pytest.mark.parametrize(
    "content",
    [
        b"FROM scratch\r\n",
        b"FROM grafana/grafana",
        b"FROM node:21\nFRM x\n",
        b"",
        b"FROM public.ecr.aws/docker/library/node:21\n",
    ],
)
def test_nothing_to_change(cli: Cli, content: bytes) -> None:
    """A file without a pull to move is not touched, not even written again."""
    path = cli.write("Dockerfile", content)
    before = path.stat()
    cli("fix", "Dockerfile")
    assert (cli.files(), path.stat()) == ({"Dockerfile": content}, before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HUB, MOVED),
        (b"FROM node", b"FROM " + OFFICIAL + b"node"),
        (b"FROM node\r\nRUN x\r\n", b"FROM " + OFFICIAL + b"node\r\nRUN x\r\n"),
        (b"\xef\xbb\xbfFROM node\n", b"\xef\xbb\xbfFROM " + OFFICIAL + b"node\n"),
        (b"# \xff\xfe\nFROM\tnode\n", b"# \xff\xfe\nFROM\t" + OFFICIAL + b"node\n"),
        (b"from   Node:1\nFROM node\n", b"from   Node:1\nFROM node\n"),
        (
            b"ARG B=node:21\r\nFROM ${B} \r\n\r\n",
            b"ARG B=" + OFFICIAL + b"node:21\r\nFROM ${B} \r\n\r\n",
        ),
    ],
)
def test_only_the_edits_change(cli: Cli, before: bytes, after: bytes) -> None:
    """Line ends, byte order mark, other encodings and a missing last line end stay."""
    cli.write("Dockerfile", before)
    cli("fix", "Dockerfile")
    assert cli.files() == {"Dockerfile": after}
    ran = run("fix", "-", folder=cli.folder, stdin=before)
    assert ran.out.encode("utf-8", "surrogateescape") == after


def test_what_is_printed(cli: Cli) -> None:
    """Changed files and what is left go to the standard error, file by file."""
    cli.write("a/Dockerfile", "FROM node:21\nFROM python\n")
    cli.write("b/Dockerfile", "FROM grafana/grafana\n")
    assert cli("fix", ".") == Ran(
        status=0,
        err="a/Dockerfile: 2 changes made\n"
        "b/Dockerfile:1:6: warning: grafana/grafana:latest is pulled from Docker Hub: "
        "no copy of grafana/grafana on ECR Public is known [no-mirror]\n"
        "  FROM grafana/grafana\n"
        "       ^^^^^^^^^^^^^^^\n"
        "  help: copy it to a registry of yours, and name that under mirrors: "
        '"grafana/grafana" = "…"\n'
        "1 file changed; left: 0 errors, 1 warning in 2 files\n",
    )


def test_an_error_that_is_left(cli: Cli) -> None:
    """The exit status is 1 while a file has an error that nothing mends."""
    cli.write("Dockerfile", "FRM x\n")
    assert cli("fix", "Dockerfile").status == 1


@pytest.mark.parametrize(
    ("stdin", "expected"),
    [
        (
            HUB,
            Ran(
                status=0,
                out=MOVED.decode(),
                err="-: 1 change made\n1 file changed; left: 0 errors, 0 warnings in 1 file\n",
            ),
        ),
        (
            b"FROM scratch",
            Ran(
                status=0,
                out="FROM scratch",
                err="0 files changed; left: 0 errors, 0 warnings in 1 file\n",
            ),
        ),
    ],
)
def test_the_standard_input(cli: Cli, stdin: bytes, expected: Ran) -> None:
    """From the standard input, the whole file goes to the standard output, changed or not."""
    assert cli("fix", "-", stdin=stdin) == expected


DIFF = """\
--- a/Dockerfile
+++ b/Dockerfile
@@ -1,2 +1,2 @@
-FROM node:21
+FROM public.ecr.aws/docker/library/node:21
 RUN x
"""


def test_a_diff_changes_nothing(cli: Cli) -> None:
    """With --diff the changes are printed, and no file is touched."""
    cli.write("Dockerfile", "FROM node:21\nRUN x\n")
    cli.write("a.Dockerfile", "FROM scratch\n")
    before = cli.files()
    assert cli("fix", "--diff", ".") == Ran(
        status=0,
        out=DIFF,
        err="1 file would be changed; left: 0 errors, 0 warnings in 2 files\n",
    )
    assert cli.files() == before


def test_a_diff_of_the_standard_input(cli: Cli) -> None:
    """The standard input has a diff, too."""
    assert cli("fix", "--diff", "-", stdin=b"FROM node:21\nRUN x\n") == Ran(
        status=0,
        out=DIFF.replace("Dockerfile", "-"),
        err="1 file would be changed; left: 0 errors, 0 warnings in 1 file\n",
    )


@pytest.mark.parametrize(
    "content",
    [
        HUB,
        b"FROM node:21",
        b"FROM node:21\r\nRUN x\r\n",
        b"\tFROM node\nRUN x",
        b"# a\n# b\n# c\n# d\n# e\nFROM node\nRUN x\nRUN y\nRUN z\nCOPY --from=python a b",
        "# é\nFROM node\n".encode(),
    ],
)
@pytest.mark.skipif(shutil.which("git") is None, reason="git applies the diff")
def test_a_diff_is_a_patch(cli: Cli, content: bytes) -> None:
    """What --diff prints makes of a file what `fix` makes of it."""
    cli.write("Dockerfile", content)
    patch = cli("fix", "--diff", "Dockerfile").out.encode()
    subprocess.run(["git", "apply", "-"], input=patch, cwd=cli.folder, check=True)
    patched = cli.files()["Dockerfile"]
    cli.write("Dockerfile", content)
    cli("fix", "Dockerfile")
    assert patched == cli.files()["Dockerfile"]


def test_a_diff_shows_no_control_characters(cli: Cli) -> None:
    """What could play tricks on a terminal is shown as an escape."""
    cli.write("Dockerfile", b"# \x1b[31m\xff\t.\nFROM node\n")
    assert cli("fix", "--diff", "Dockerfile").out == (
        "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1,2 +1,2 @@\n # \\x1b[31m\\xff\t.\n"
        "-FROM node\n+FROM public.ecr.aws/docker/library/node\n"
    )


@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o664, 0o220 | 0o400])
def test_the_mode_is_kept(cli: Cli, mode: int) -> None:
    """A file that is replaced keeps its permissions."""
    path = cli.write("Dockerfile", HUB)
    path.chmod(mode)
    cli("fix", "Dockerfile")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (MOVED, mode)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_is_kept(cli: Cli) -> None:
    """Root changes the files of others without taking them away."""
    path = cli.write("Dockerfile", HUB)
    os.chown(path, 1234, 5678)
    path.chmod(0o640)
    cli("fix", "Dockerfile")
    status = path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 5678, 0o640)


def test_other_hard_links_keep_the_old_content(cli: Cli) -> None:
    """Of a file with several names, the one that was named is replaced."""
    path = cli.write("Dockerfile", HUB)
    (cli.folder / "backup").hardlink_to(path)
    cli("fix", "Dockerfile")
    assert cli.files() == {"Dockerfile": MOVED, "backup": HUB}


def rewrite(path: Path) -> None:
    """Change the content of a file."""
    path.write_bytes(b"FROM python\n")


def close_to_others(path: Path) -> None:
    """Change the permissions of a file."""
    path.chmod(0o600)


def rewrite_same_size(path: Path) -> None:
    """Change a file so that only its times tell, and set back the one that can be."""
    status = path.stat()
    path.write_bytes(HUB.replace(b"21", b"20"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def put_link(path: Path) -> None:
    """Put a symbolic link in the place of a file."""
    path.rename(path.with_name("other"))
    path.symlink_to("other")


def replace(path: Path) -> None:
    """Put another file with the same content in the place of a file."""
    path.with_name("other").write_bytes(HUB)
    path.with_name("other").replace(path)


CHANGED = "has changed since it was read; it is left as it is"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (rewrite, CHANGED),
        (close_to_others, CHANGED),
        (rewrite_same_size, CHANGED),
        (replace, CHANGED),
        (Path.unlink, "cannot be written: No such file or directory; it is left as it is"),
        (
            put_link,
            (
                "is a symbolic link to {folder}/other; it is not changed.\n"
                "  help: name that file itself"
            ),
        ),
    ],
)
def test_a_file_that_changed_meanwhile(
    change: Callable[[Path], object], message: str, tmp_path: Path
) -> None:
    """What somebody else wrote after the file was read is left alone, and nothing beside it."""
    path = tmp_path / "Dockerfile"
    path.write_bytes(HUB)
    read = read_file(str(path))
    change(path)
    before = {item.name: (item.is_symlink(), item.read_bytes()) for item in tmp_path.iterdir()}
    assert read.status is not None
    with pytest.raises(UnusableFile) as caught:
        replace_file(read.name, MOVED, status=read.status)
    assert str(caught.value) == f"{path}: {message.format(folder=tmp_path)}"
    after = {item.name: (item.is_symlink(), item.read_bytes()) for item in tmp_path.iterdir()}
    assert after == before


def test_a_change_during_the_write_is_seen(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last look at the file is right before it is replaced."""
    path = cli.write("Dockerfile", HUB)

    def keep(descriptor: int, status: os.stat_result) -> None:
        del descriptor, status
        path.write_bytes(b"FROM python\n")

    monkeypatch.setattr(files, "_keep_owner_and_mode", keep)
    assert cli("fix", "Dockerfile") == Ran(
        status=2,
        err=f"ecr-public-pull: Dockerfile: {CHANGED}\n"
        "0 files changed; left: 0 errors, 0 warnings in 0 files\n",
    )
    assert cli.files() == {"Dockerfile": b"FROM python\n"}
