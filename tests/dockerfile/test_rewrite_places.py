"""Rewrites where the repository is named in the instruction itself."""

from __future__ import annotations

import pytest

from tests.dockerfile.support import check_rewritten, check_unchanged

DIGEST = b"sha256:" + b"ab" * 32

UNCHANGED = {
    "a copy": b"FROM public.ecr.aws/docker/library/node:21\n",
    "another registry": b"FROM ghcr.io/owner/node:21\n",
    "a registry with a port": b"FROM localhost:5000/library/node\n",
    "a name of Docker Hub's host that is another registry": b"FROM docker.io:443/library/node\n",
    "an upper-case registry": b"FROM DOCKER.IO/library/node\n",
    "scratch": b"FROM scratch\nCOPY --from=scratch /a /b\nRUN --mount=from=scratch,target=/x ls\n",
    "only a comment": b"FROM scratch\n# FROM node:21\n",
    "a heredoc's body": b"FROM scratch\nRUN <<EOF\nFROM node:21\nCOPY --from=nginx a b\nEOF\n",
    "two heredocs' bodies": b"FROM scratch\nRUN <<A <<'B'\nFROM node\nA\nFROM nginx\nB\n",
    "a heredoc whose marker is split": b"FROM scratch\nRUN <\\\n<EOF\nFROM node\nEOF\n",
    "a tab-stripped heredoc": b"FROM scratch\nCOPY <<-EOF /a\n\tFROM node\n\tEOF\n",
    "a comment in a continuation": b"FROM \\\n# FROM node\nscratch\n",
    "a command that looks like a flag": b"FROM scratch\nRUN ls --mount=from=node\n",
    "after the end of flags": b"FROM scratch\nCOPY -- --from=node /b\n",
    "a mount that ends at a byte that is white space": (
        "FROM scratch\nRUN --mount=target=/\u00e0,from=nginx ls\n".encode()
    ),
    "a no-break space before no flag": "FROM scratch\nADD \u00a0--from=nginx a /b\n".encode(),
    "a mount without a source": b"FROM scratch\nRUN --mount=type=cache,target=/node ls\n",
    "a flag in quotes, which is none": b"FROM scratch\nCOPY '--from=nginx' a /b\n",
    "an empty --from": b'FROM scratch\nCOPY --from="" a b\n',
    "an URL": b"FROM scratch\nADD docker-image://node /x\n",
    "an index": b"FROM scratch\nFROM scratch\nCOPY --from=0 a b\n",
    "an index with a sign": b"FROM scratch\nFROM scratch\nCOPY --from=+0 a b\n",
    "a trigger of a stage": b"FROM scratch AS n\nONBUILD COPY --from=n a b\nFROM scratch\n",
    "a mount of a stage": b"FROM scratch AS node\nFROM node\nRUN --mount=from=Node,target=/x ls\n",
    "a stage in any case": b"FROM scratch AS NGINX\nFROM nginx\nCOPY --from=nGinx a b\n",
    "an empty line": b"\nFROM scratch\n",
    "no final newline": b"FROM scratch",
}


@pytest.mark.parametrize("content", UNCHANGED.values(), ids=UNCHANGED.keys())
def test_unchanged(content: bytes) -> None:
    """What is not pulled from Docker Hub stays, and there is nothing to say about it."""
    check_unchanged(content)


UNCHANGED_WITH_A_WORD = {
    "an unknown name": (b"FROM my-base\n", ["unknown-image"]),
    "an unknown name, once official": (b"FROM centos:7\n", ["no-mirror"]),
    "another publisher": (b"FROM bitnami/nginx\n", ["no-mirror"]),
    "withdrawn": (b"FROM public.ecr.aws/bitnami/nginx\n", ["withdrawn-image"]),
    "a number": (b"FROM scratch\nFROM 0\n", ["unknown-image"]),
    "a mount's number": (b"FROM scratch\nRUN --mount=from=0,target=/x ls\n", ["unknown-image"]),
    "the syntax": (b"# syntax=docker/dockerfile:1\nFROM scratch\n", ["syntax-frontend"]),
    "scratch with a tag": (b"FROM scratch:latest\n", ["unknown-image"]),
    "a trigger that may name a stage": (
        b"FROM scratch\nONBUILD COPY --from=node a b\n",
        ["onbuild-ambiguous", "docker-hub-pull"],
    ),
    "a prefix with a quote in it": (b"FROM doc'ker.io/'node\n", ["docker-hub-pull"]),
    "a prefix on two lines": (b"FROM docker.\\\nio/node:21\n", ["docker-hub-pull"]),
    "a digest": (b"FROM node:21@" + DIGEST + b"\n", ["docker-hub-pull", "digest-pin"]),
    "a digest of an ARG": (b"ARG D\nFROM node@$D\n", ["docker-hub-pull", "digest-pin"]),
    "another frontend": (b"# syntax=a/b\nFROM node\nINCLUDE x\n", ["foreign-frontend"]),
    "refused": (b"FROM node\nLABLE a=b\n", ["invalid-dockerfile"]),
    "empty": (b"", ["invalid-dockerfile"]),
    "empty but for a mark": (b"\xef\xbb\xbf", ["invalid-dockerfile"]),
    "binary": (b"\x00\xff\xfe\n", ["invalid-dockerfile"]),
}


@pytest.mark.parametrize(
    ("content", "rules"), UNCHANGED_WITH_A_WORD.values(), ids=UNCHANGED_WITH_A_WORD.keys()
)
def test_unchanged_with_a_word(content: bytes, rules: list[str]) -> None:
    """What cannot be moved stays, and a finding says why."""
    check_unchanged(content, *rules)


FROM = {
    "literal": (b"FROM node:21\n", b"FROM ~node:21\n"),
    "without a tag": (b"FROM node\n", b"FROM ~node\n"),
    "two stages": (b"FROM node AS a\nFROM nginx\n", b"FROM ~node AS a\nFROM ~nginx\n"),
    "library": (b"FROM library/node\n", b"FROM ~node\n"),
    "docker.io": (b"FROM docker.io/node:21\n", b"FROM ~node:21\n"),
    "docker.io and library": (
        b"FROM docker.io/library/node\n",
        b"FROM public.ecr.aws/docker/library/node\n",
    ),
    "index.docker.io": (b"FROM index.docker.io/library/node\n", b"FROM ~node\n"),
    "index.docker.io alone": (b"FROM index.docker.io/node\n", b"FROM ~node\n"),
    "a platform": (b"FROM --platform=linux/arm64 node\n", b"FROM --platform=linux/arm64 ~node\n"),
    "a platform's variable": (
        b"FROM --platform=$BUILDPLATFORM node\n",
        b"FROM --platform=$BUILDPLATFORM ~node\n",
    ),
    "double quotes": (b'FROM "node:21"\n', b'FROM "~node:21"\n'),
    "single quotes": (b"FROM 'node:21' AS b\n", b"FROM '~node:21' AS b\n"),
    "quotes in the middle": (b'FROM no"de:2"1\n', b'FROM ~no"de:2"1\n'),
    "an escaped colon": (b"FROM node\\:21\n", b"FROM ~node\\:21\n"),
    "an escape at the start": (b"FROM \\node\n", b"FROM \\~node\n"),
    "a quoted prefix": (b"FROM 'docker.io/'node\n", b"FROM 'public.ecr.aws/docker/library/'node\n"),
    "a backtick escape": (b"# escape=`\nFROM n`ode`:21\n", b"# escape=`\nFROM ~n`ode`:21\n"),
    "a split before": (b"FROM \\\n node:21\n", b"FROM \\\n ~node:21\n"),
    "a split name": (b"FROM no\\\nde:21\n", b"FROM ~no\\\nde:21\n"),
    "a split behind the prefix": (b"FROM docker.io/\\\nnode\n", b"FROM ~\\\nnode\n"),
    "a split keyword": (b"FR\\\nOM node\n", b"FR\\\nOM ~node\n"),
    "comments in a continuation": (
        b"FROM --platform=linux \\\n# c\n\n  node \\\n  AS b\n",
        b"FROM --platform=linux \\\n# c\n\n  ~node \\\n  AS b\n",
    ),
    "a backtick continuation": (b"#escape=`\nFROM `\nnode\n", b"#escape=`\nFROM `\n~node\n"),
    "CRLF": (b"FROM node\r\nRUN x \\\r\n y\r\n", b"FROM ~node\r\nRUN x \\\r\n y\r\n"),
    "CRLF in a word": (b"FROM no\\\r\nde\r\n", b"FROM ~no\\\r\nde\r\n"),
    "a byte order mark": (b"\xef\xbb\xbfFROM node\n", b"\xef\xbb\xbfFROM ~node\n"),
    "tabs": (b"\tFROM\tnode\tAS\tb\t\n", b"\tFROM\t~node\tAS\tb\t\n"),
    "vertical tabs": (b"FROM\x0bnode\x0cAS\x0bb\n", b"FROM\x0b~node\x0cAS\x0bb\n"),
    "a no-break space at the ends": (
        "\u00a0FROM node\u00a0\n".encode(),
        "\u00a0FROM ~node\u00a0\n".encode(),
    ),
    "lower case": (b"from node as b\n", b"from ~node as b\n"),
    "no final newline": (b"FROM node", b"FROM ~node"),
    "a no-break space of Latin-1": (b"FROM \xa0node\n", b"FROM \xa0~node\n"),
    "an escape at the end": (b"FROM node \\", b"FROM ~node \\"),
    "no UTF-8 in a comment": (b"# caf\xe9\nFROM node\n", b"# caf\xe9\nFROM ~node\n"),
    "letters before it": ("# é\nFROM node\n".encode(), "# é\nFROM ~node\n".encode()),
    "a heredoc before": (
        b"FROM node\nRUN <<E\nFROM x\nE\nFROM nginx\n",
        b"FROM ~node\nRUN <<E\nFROM x\nE\nFROM ~nginx\n",
    ),
    "a stage named like its image": (
        b"FROM nginx AS nginx\nFROM nginx\n",
        b"FROM ~nginx AS nginx\nFROM nginx\n",
    ),
    "an image before the stage": (
        b"FROM nginx\nFROM nginx AS nginx\n",
        b"FROM ~nginx\nFROM ~nginx AS nginx\n",
    ),
    "an image where the case differs": (
        b"FROM alpine AS Node\nFROM node\n",
        b"FROM ~alpine AS Node\nFROM node\n",
    ),
    "a shebang": (b"#!/x\nFROM node\n", b"#!/x\nFROM ~node\n"),
    "an unknown directive": (
        b"# foo=x\n# escape=`\nFROM node\n",
        b"# foo=x\n# escape=`\nFROM ~node\n",
    ),
}


@pytest.mark.parametrize(("content", "expected"), FROM.values(), ids=FROM.keys())
def test_from(content: bytes, expected: bytes) -> None:
    """An image in a FROM line is moved by the smallest change of its word."""
    check_rewritten(content, expected)


# What follows `FROM scratch` in the file, where `~` stands for the path of the copies.
TAKEN = {
    "COPY": (b"COPY --from=nginx:1 /a /b", b"COPY --from=~nginx:1 /a /b"),
    "COPY, quoted": (b'COPY --from="nginx" /a /b', b'COPY --from="~nginx" /a /b'),
    "COPY, half quoted": (b"COPY --fr'om=ng'inx /a /b", b"COPY --fr'om=~ng'inx /a /b"),
    "COPY, escaped": (b"COPY --from=\\nginx /a /b", b"COPY --from=\\~nginx /a /b"),
    "COPY, flags before": (
        b"COPY --chown=1:1 --link --from=nginx a b",
        b"COPY --chown=1:1 --link --from=~nginx a b",
    ),
    "COPY, flags behind": (
        b"COPY --from=nginx --link=true --chmod=644 a b",
        b"COPY --from=~nginx --link=true --chmod=644 a b",
    ),
    "COPY, JSON": (b'COPY --from=nginx ["a", "b"]', b'COPY --from=~nginx ["a", "b"]'),
    "COPY, split": (
        b"COPY \\\n --from=ng\\\n# c\ninx a b",
        b"COPY \\\n --from=~ng\\\n# c\ninx a b",
    ),
    "COPY, a heredoc": (
        b"COPY --from=nginx <<E /b\nCOPY --from=node a b\nE",
        b"COPY --from=~nginx <<E /b\nCOPY --from=node a b\nE",
    ),
    "COPY, lower case": (b"copy --from=docker.io/nginx a b", b"copy --from=~nginx a b"),
    "COPY, an index of an image": (
        b"COPY --from=nginx:1 a b\nCOPY --from=1 a b",
        b"COPY --from=~nginx:1 a b\nCOPY --from=1 a b",
    ),
    "mount": (b"RUN --mount=from=nginx,target=/x ls", b"RUN --mount=from=~nginx,target=/x ls"),
    "mount, from last": (
        b"RUN --mount=type=bind,target=/x,from=nginx ls",
        b"RUN --mount=type=bind,target=/x,from=~nginx ls",
    ),
    "mount, upper-case key": (
        b"RUN --mount=FROM=nginx,target=/x ls",
        b"RUN --mount=FROM=~nginx,target=/x ls",
    ),
    "mount, cache": (
        b"RUN --mount=type=cache,target=/x,from=nginx ls",
        b"RUN --mount=type=cache,target=/x,from=~nginx ls",
    ),
    "mount, tmpfs": (
        b"RUN --mount=type=tmpfs,target=/x,from=nginx ls",
        b"RUN --mount=type=tmpfs,target=/x,from=~nginx ls",
    ),
    "mount, quoted CSV": (
        b"RUN --mount='type=bind,\"from=nginx:1\",target=/x' ls",
        b"RUN --mount='type=bind,\"from=~nginx:1\",target=/x' ls",
    ),
    "mount, escaped quotes": (
        b'RUN --mount=\\"from=nginx:1\\",target=/x ls',
        b'RUN --mount=\\"from=~nginx:1\\",target=/x ls',
    ),
    "mount, quoted": (
        b'RUN --mount="from=nginx,target=/x" ls',
        b'RUN --mount="from=~nginx,target=/x" ls',
    ),
    "mount, split": (
        b"RUN --mount=type=bind,\\\nfrom=nginx,\\\ntarget=/x ls",
        b"RUN --mount=type=bind,\\\nfrom=~nginx,\\\ntarget=/x ls",
    ),
    "mount, twice": (
        b"RUN --mount=from=nginx,target=/x --network=none --mount=from=node,target=/y ls",
        b"RUN --mount=from=~nginx,target=/x --network=none --mount=from=~node,target=/y ls",
    ),
    "mount, the last one counts": (
        b"RUN --mount=from=node,from=nginx,target=/x ls",
        b"RUN --mount=from=node,from=~nginx,target=/x ls",
    ),
    "mount, JSON": (
        b'RUN --mount=from=nginx,target=/x ["ls"]',
        b'RUN --mount=from=~nginx,target=/x ["ls"]',
    ),
    "mount, a heredoc": (
        b"RUN --mount=from=nginx,target=/x <<E\nls\nE",
        b"RUN --mount=from=~nginx,target=/x <<E\nls\nE",
    ),
    "trigger": (b"ONBUILD COPY --from=nginx:1 a b", b"ONBUILD COPY --from=~nginx:1 a b"),
    "trigger, mount": (
        b"ONBUILD RUN --mount=from=nginx:1,target=/x ls",
        b"ONBUILD RUN --mount=from=~nginx:1,target=/x ls",
    ),
}


@pytest.mark.parametrize(("content", "expected"), TAKEN.values(), ids=TAKEN.keys())
def test_taken_from_an_image(content: bytes, expected: bytes) -> None:
    """An image that something is copied from, or that is mounted, is moved likewise."""
    start = b"FROM scratch\n"
    check_rewritten(start + content + b"\n", start + expected + b"\n")


def test_a_line_without_room() -> None:
    """A line that a change would make longer than BuildKit takes stays as it is."""
    check_unchanged(b"FROM node " + b" " * 65_500 + b"\n", "docker-hub-pull")


def test_fired_trigger() -> None:
    """A bare name in a trigger stays, though a stage here fires it: others may build on it."""
    check_rewritten(
        b"FROM node AS a\nONBUILD COPY --from=nginx /a /b\nFROM a\n",
        b"FROM ~node AS a\nONBUILD COPY --from=nginx /a /b\nFROM a\n",
        "onbuild-ambiguous",
        "docker-hub-pull",
    )


DIGESTS = {
    "beside a tag": (b"FROM node:21@" + DIGEST, b"FROM ~node:21@" + DIGEST),
    "in an ARG": (b"ARG B=node@" + DIGEST + b"\nFROM $B", b"ARG B=~node@" + DIGEST + b"\nFROM $B"),
    "that is not known": (b"ARG D\nFROM node@$D", b"ARG D\nFROM ~node@$D"),
    "in a COPY": (
        b"FROM scratch\nCOPY --from=node@" + DIGEST + b" a b",
        b"FROM scratch\nCOPY --from=~node@" + DIGEST + b" a b",
    ),
}


@pytest.mark.parametrize(("content", "expected"), DIGESTS.values(), ids=DIGESTS.keys())
def test_digest(content: bytes, expected: bytes) -> None:
    """A digest, which the copy may not have, is moved with unsafe fixes alone, and kept."""
    check_rewritten(content + b"\n", expected + b"\n", "digest-pin", unsafe_fixes=True)
    check_unchanged(content + b"\n", "docker-hub-pull", "digest-pin")
