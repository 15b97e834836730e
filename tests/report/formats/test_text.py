"""Where findings are: lines, columns, and the mark."""

from __future__ import annotations

from textwrap import dedent

import pytest

from cdk_ecr_public_pull.dockerfile.rewrite import check_dockerfile
from tests.dockerfile.reports import report_on

PLACES: dict[str, tuple[bytes, str]] = {
    "a tab before": (
        b"FROM scratch\n\tCOPY\t--from=nginx\ta\tb\n",
        """\
        Dockerfile:2:14: error: nginx:latest is pulled from Docker Hub [docker-hub-pull]
              COPY    --from=nginx    a   b
                             ^^^^^
        """,
    ),
    "letters of several bytes before": (
        "FROM scratch\nCOPY --chown=éß --from=nginx a b\n".encode(),
        """\
        Dockerfile:2:24: error: nginx:latest is pulled from Docker Hub [docker-hub-pull]
          COPY --chown=éß --from=nginx a b
                                 ^^^^^
        """,
    ),
    "no UTF-8 before": (
        b"FROM scratch\nCOPY --chown=\xe9 --from=nginx a b\n",
        """\
        Dockerfile:2:23: error: nginx:latest is pulled from Docker Hub [docker-hub-pull]
          COPY --chown=\ufffd --from=nginx a b
                                ^^^^^
        """,
    ),
    "a byte order mark and CRLF": (
        b"\xef\xbb\xbfFROM node\r\n",
        """\
        Dockerfile:1:6: error: node:latest is pulled from Docker Hub [docker-hub-pull]
          FROM node
               ^^^^
        """,
    ),
    "no final newline": (
        b"#\nFROM node",
        """\
        Dockerfile:2:6: error: node:latest is pulled from Docker Hub [docker-hub-pull]
          FROM node
               ^^^^
        """,
    ),
    "a word on two lines": (
        b"FROM no\\\nde\n",
        """\
        Dockerfile:1:6: error: node:latest is pulled from Docker Hub [docker-hub-pull]
          FROM no\\
               ^^^
        """,
    ),
    "a later line of an instruction": (
        b"FROM \\\n# a comment\n  node\n",
        """\
        Dockerfile:3:3: error: node:latest is pulled from Docker Hub [docker-hub-pull]
            node
            ^^^^
        """,
    ),
    "wide letters before": (
        "FROM scratch\nCOPY --chown=日本 --from=nginx a b\n".encode(),
        """\
        Dockerfile:2:24: error: nginx:latest is pulled from Docker Hub [docker-hub-pull]
          COPY --chown=日本 --from=nginx a b
                                   ^^^^^
        """,
    ),
    "a tab and combining marks before": (
        "FROM scratch\nCOPY\t--chown=e\u0301\u0e01\u0e31 --from=nginx a b\n".encode(),
        """\
        Dockerfile:2:26: error: nginx:latest is pulled from Docker Hub [docker-hub-pull]
          COPY    --chown=e\u0301\u0e01\u0e31 --from=nginx a b
                                    ^^^^^
        """,
    ),
    "wide and combining letters under the mark": (
        "FROM scratch\nCOPY --from=日e\u0301 a b\n".encode(),
        """\
        Dockerfile:2:13: error: BuildKit refuses this file: failed to parse stage name \
"日e\u0301": invalid reference format [invalid-dockerfile]
          COPY --from=日e\u0301 a b
                      ^^^^^^^
        """,
    ),
    "no UTF-8 in a name": (
        b"FROM scratch\nCOPY --from=b\xff a b\n",
        """\
        Dockerfile:2:13: error: BuildKit refuses this file: failed to parse stage name \
"b\\xff": invalid reference format [invalid-dockerfile]
          COPY --from=b\ufffd a b
                      ^^^^^^
        """,
    ),
    "a control character": (
        b"FROM node:\x1b[0m\n",
        """\
        Dockerfile:1:6: error: BuildKit refuses this file: failed to parse stage name \
"node:\\x1b[0m": invalid reference format [invalid-dockerfile]
          FROM node:\\x1b[0m
               ^^^^^^^^^^^^
        """,
    ),
}


@pytest.mark.parametrize(("content", "report"), PLACES.values(), ids=PLACES.keys())
def test_places(content: bytes, report: str) -> None:
    """Lines and columns are those of an editor, and the mark is under the word."""
    lines = report_on(content).splitlines(keepends=True)
    assert "".join(lines[:3]) == dedent(report)


def test_a_path_with_a_control_character() -> None:
    """A file's name cannot write to the terminal as it likes, nor make a line of its own."""
    report = report_on(b"FROM node\n", path="a\nb\x1b]0;x\x07")
    assert report.splitlines()[0] == (
        "a\\nb\\x1b]0;x\\x07:1:6: error: node:latest is pulled from Docker Hub [docker-hub-pull]"
    )


def test_ends() -> None:
    """A finding's end is the column after its last character, on the line where that is."""
    [finding] = check_dockerfile("# é\nFROM no\\\nde AS b\n".encode())
    place = (finding.line, finding.column, finding.end_line, finding.end_column)
    assert place == (2, 6, 3, 3)
