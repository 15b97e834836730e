"""Files whose names are unlike those of other files."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.program import Cli, run

HUB = b"FROM node:21\n"
MOVED = b"FROM public.ecr.aws/docker/library/node:21\n"
STRANGE = "a\n\x1b[31m\u202e.Dockerfile"
SHOWN = "a\\n\\x1b[31m\\u202e.Dockerfile"


def test_a_name_with_control_characters(cli: Cli) -> None:
    """A name is printed with escapes, and stands in JSON as it is."""
    cli.write(STRANGE, HUB)
    assert cli("check", ".").out.startswith(f"{SHOWN}:1:6: error: node:21")
    assert cli("pulls", STRANGE).out.startswith(f"{SHOWN}:1:6: docker.io")
    assert cli("fix", "--diff", ".").out.startswith(f"--- a/{SHOWN}\n+++ b/{SHOWN}\n")
    documents = [
        json.loads(cli(command, "--format", "json", ".").out) for command in ("check", "pulls")
    ]
    assert [documents[0]["findings"][0]["path"], documents[1]["files"][0]["path"]] == [STRANGE] * 2
    assert cli("fix", STRANGE).err.startswith(f"{SHOWN}: 1 change made\n")
    (cli.folder / STRANGE).unlink()
    assert cli("check", STRANGE).err.startswith(f"ecr-public-pull: {SHOWN}: no such file")
    (cli.folder / STRANGE).symlink_to("x\ny")
    assert cli("check", STRANGE).err.startswith(
        f"ecr-public-pull: {SHOWN}: is a symbolic link to x\\ny, which does not exist"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_a_name_that_is_not_utf_8(tmp_path: Path, encoding: str) -> None:
    """Such a name, and any text, can be printed whatever the terminal's encoding is."""
    name = b"\xff\xe9.Dockerfile"
    path = Path(os.fsdecode(bytes(tmp_path) + b"/" + name))
    path.write_bytes("FROM grafana/grafana # é\n".encode().replace(b" # \xc3\xa9", b""))
    first = "\\udcff\\udce9.Dockerfile:1:6: warning: grafana/grafana:latest is pulled"
    for argument in (name, b"."):
        ran = run("check", argument, folder=tmp_path, PYTHONIOENCODING=encoding)
        assert (ran.status, ran.out[: len(first)]) == (0, first)
    document = json.loads(run("pulls", "--format=json", ".", folder=tmp_path).out)
    assert os.fsencode(document["files"][0]["path"]) == name


def test_a_name_that_begins_with_a_dash(cli: Cli) -> None:
    """After two dashes, or with its folder, such a name is a file as any other."""
    cli.write("-x.Dockerfile", HUB)
    for arguments in (
        ("check", "--", "-x.Dockerfile"),
        ("check", "./-x.Dockerfile"),
        ("check", "."),
    ):
        assert cli(*arguments).out.count("-x.Dockerfile:1:6: error") == 1


def test_the_longest_name(cli: Cli) -> None:
    """A file whose name cannot grow is replaced, too."""
    name = "Dockerfile." + "x" * 244
    cli.write(name, HUB)
    cli("fix", ".")
    assert cli.files() == {name: MOVED}
