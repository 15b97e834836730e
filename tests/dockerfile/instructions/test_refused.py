"""What BuildKit refuses: the place, and the cause in its words."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from cdk_ecr_public_pull.dockerfile.pulls import DockerfileError, find_pulls
from tests.dockerfile.support import check_unchanged


class Row(NamedTuple):
    """What follows ``FROM scratch AS b``, and why it is refused, on which line, in which column."""

    text: str
    line: int
    column: int
    message: str


AT_LEAST_TWO = (
    "{} requires at least two arguments, but only one was provided. "
    "Destination could not be determined"
)
STRINGS_ONLY = "{}: when using JSON array syntax, arrays must be comprised of strings only"
BAD_REFERENCE = 'failed to parse stage name "{}": invalid reference format'
UNSUPPORTED = 'failed to process "{}": unsupported modifier (!) in substitution'
UNCLOSED = (
    'failed to process "{}": unexpected end of statement while looking for matching single-quote'
)
TOO_EARLY = 'cannot {} from stage "c", it needs to be defined before current stage "b"'
COPY_VARIABLE = (
    "variable expansion is not supported for --from, define a new stage with FROM using ARG from "
    "global scope as a workaround"
)
NO_NAME = "name can't start with a number or contain symbols"

IN_A_STAGE = [
    Row("FROM", 2, 1, "FROM requires either one or three arguments"),
    Row("FROM a b", 2, 8, "FROM requires either one or three arguments"),
    Row("FROM a AS b c", 2, 8, "FROM requires either one or three arguments"),
    Row("FROM a # c", 2, 8, "FROM requires either one or three arguments"),
    Row("FROM a AS 1b", 2, 11, f'invalid name for build stage: "1b", {NO_NAME}'),
    Row("FROM a AS $b", 2, 11, f'invalid name for build stage: "$b", {NO_NAME}'),
    Row("FROM a AS b___C", 2, 11, "invalid context name b___c: invalid reference format"),
    Row("FROM a AS b-", 2, 11, "invalid context name b-: invalid reference format"),
    Row("FROM --platform a", 2, 6, "missing a value on flag: --platform"),
    Row("FROM --plat=x a", 2, 6, "unknown flag: --plat"),
    Row("FROM --platform=linux --platform=linux a", 2, 23, "duplicate flag specified: --platform"),
    Row("FROM --platform=$X a", 2, 20, "empty platform value from expression $X"),
    Row("FROM ''", 2, 6, "base name ('') should not be blank"),
    Row(
        "FROM Node",
        2,
        6,
        BAD_REFERENCE.format("Node") + ": repository name (library/Node) must be lowercase",
    ),
    Row("FROM node:", 2, 6, BAD_REFERENCE.format("node:")),
    Row("FROM 'a", 2, 6, UNCLOSED.format("'a")),
    Row("ARG", 2, 1, "ARG requires at least one argument"),
    Row("ARG =a", 2, 5, "ARG names can not be blank"),
    Row("COPY a", 2, 6, AT_LEAST_TWO.format("COPY")),
    Row("COPY", 2, 1, AT_LEAST_TWO.format("COPY")),
    Row('COPY --from=a ["b"]', 2, 15, AT_LEAST_TWO.format("COPY")),
    Row("COPY [1]", 2, 6, STRINGS_ONLY.format("COPY")),
    Row("COPY --form=a a b", 2, 6, "unknown flag: --form"),
    Row("COPY --from a b", 2, 6, "missing a value on flag: --from"),
    Row("COPY --from=a --from=b a b", 2, 15, "duplicate flag specified: --from"),
    Row("COPY --link=x a b", 2, 6, "expecting boolean value for flag --link, not: x"),
    Row("COPY --link= a b", 2, 6, "missing a value on flag: --link"),
    Row("COPY --from=$A a b", 2, 13, COPY_VARIABLE),
    Row("COPY --from=9 a b", 2, 1, "invalid stage index 9"),
    Row("COPY --from=-1 a b", 2, 1, "invalid stage index -1"),
    Row("COPY --from=node: a b", 2, 13, BAD_REFERENCE.format("node:")),
    Row("COPY a <<E\nE", 2, 6, "COPY cannot accept a heredoc as a destination"),
    Row("COPY ${A!} b", 2, 9, UNSUPPORTED.format("${A!}")),
    Row('COPY ["${A!}", "b"]', 2, 6, UNSUPPORTED.format("${A!}")),
    Row("COPY --chmod=${A a b", 2, 16, "failed to process \"${A\": syntax error: missing '}'"),
    Row("COPY --from=b a b", 1, 1, "circular dependency detected on stage: b"),
    Row("COPY --from=c a b\nFROM scratch AS c\nFROM b", 2, 13, TOO_EARLY.format("copy")),
    Row("ADD a", 2, 5, AT_LEAST_TWO.format("ADD")),
    Row("ADD --from=a a b", 2, 5, "unknown flag: --from"),
    Row("RUN [1]", 2, 5, STRINGS_ONLY.format("RUN")),
    Row("RUN --mount ls", 2, 5, "missing a value on flag: --mount"),
    Row("RUN --mount= ls", 2, 1, "failed to parse csv mounts: EOF"),
    Row("RUN --mount='a\"b' ls", 2, 14, 'failed to parse csv mounts: bare " in non-quoted field'),
    Row(
        "RUN --mount='\"a' ls",
        2,
        14,
        'failed to parse csv mounts: extraneous or missing " in quoted-field',
    ),
    Row(
        "RUN --mount=from=$A ls",
        2,
        13,
        "'from' doesn't support variable expansion, define alias stage instead",
    ),
    Row("RUN --mount=type=secret,from=a ls", 2, 13, "secret mount should not have a from"),
    Row("RUN --mount=type=cache,target=${A!} ls", 2, 34, UNSUPPORTED.format("${A!}")),
    Row("RUN --mount=target=${A!} --mount=target=$B ls", 2, 23, UNSUPPORTED.format("${A!}")),
    Row("RUN --mount=from=c ls\nFROM scratch AS c\nFROM b", 2, 18, TOO_EARLY.format("mount")),
    Row("RUN --x ls", 2, 5, "unknown flag: --x"),
    Row("RUN <<E\nx", 2, 1, 'unterminated heredoc: no line "E" ends it'),
    Row("RUN <<E <<F\nE\nE", 2, 1, 'unterminated heredoc: no line "F" ends it'),
    Row("ENV", 2, 1, "ENV requires at least one argument"),
    Row("ENV a", 2, 5, "ENV must have two arguments"),
    Row("ENV a=b c", 2, 9, 'Syntax error - can\'t find = in "c". Must be of the form: name=value'),
    Row("ENV =b", 2, 5, "ENV names can not be blank"),
    Row("ENV a='b", 2, 7, UNCLOSED.format("'b")),
    Row("ENV a'b=c'", 2, 6, UNCLOSED.format("a'b")),
    Row("ENV a'b c'", 2, 6, UNCLOSED.format("a'b")),
    Row("LABEL a", 2, 7, "LABEL must have two arguments"),
    Row("LABEL --x a=b", 2, 7, "unknown flag: --x"),
    Row("CMD [1]", 2, 5, STRINGS_ONLY.format("CMD")),
    Row("CMD --x", 2, 5, "unknown flag: --x"),
    Row("ENTRYPOINT [null]", 2, 12, STRINGS_ONLY.format("ENTRYPOINT")),
    Row("SHELL a", 2, 7, "SHELL requires the arguments to be in JSON form, not a"),
    Row("SHELL []", 2, 7, "SHELL requires at least one argument"),
    Row("WORKDIR", 2, 1, "WORKDIR requires exactly one argument"),
    Row("USER", 2, 1, "USER requires exactly one argument"),
    Row("STOPSIGNAL", 2, 1, "STOPSIGNAL requires exactly one argument"),
    Row("STOPSIGNAL ${A!}", 2, 15, UNSUPPORTED.format("${A!}")),
    Row("MAINTAINER", 2, 1, "MAINTAINER requires exactly one argument"),
    Row("EXPOSE", 2, 1, "EXPOSE requires at least one argument"),
    Row("EXPOSE ${", 2, 9, "failed to process \"${\": syntax error: missing '}'"),
    Row("VOLUME", 2, 1, "VOLUME requires at least one argument"),
    Row("VOLUME []", 2, 8, "VOLUME requires at least one argument"),
    Row('VOLUME ["a", " "]', 2, 8, "VOLUME specified can not be an empty string"),
    Row('VOLUME ["${A!}"]', 2, 8, UNSUPPORTED.format("${A!}")),
    Row("VOLUME [{}]", 2, 8, STRINGS_ONLY.format("VOLUME")),
    Row("HEALTHCHECK", 2, 1, "HEALTHCHECK requires at least one argument"),
    Row("HEALTHCHECK x", 2, 13, 'Unknown type "X" in HEALTHCHECK (try CMD)'),
    Row("HEALTHCHECK CMD", 2, 13, "Missing command after HEALTHCHECK CMD"),
    Row("HEALTHCHECK NONE x", 2, 18, "HEALTHCHECK NONE takes no arguments"),
    Row("HEALTHCHECK --x=1 CMD a", 2, 13, "unknown flag: --x"),
    Row("ONBUILD", 2, 1, "ONBUILD requires at least one argument"),
    Row("ONBUILD FROM a", 2, 9, "FROM isn't allowed as an ONBUILD trigger"),
    Row("ONBUILD maintainer a", 2, 9, "MAINTAINER isn't allowed as an ONBUILD trigger"),
    Row("ONBUILD ONBUILD a", 2, 9, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"),
    Row("ONBUILD --x RUN a", 2, 9, "unknown flag: --x"),
    Row("ONBUILD RUN [1]", 2, 13, STRINGS_ONLY.format("RUN")),
    Row("ONBUILD COPY a\nFROM b", 2, 14, AT_LEAST_TWO.format("COPY")),
    Row("ONBUILD COPY --from=$A a b\nFROM b", 2, 21, COPY_VARIABLE),
    Row("ONBUILD LABLE\nFROM b", 2, 9, "unknown instruction: LABLE"),
    Row("LABLE a=b", 2, 1, "unknown instruction: LABLE"),
    Row("\\", 2, 1, "unknown instruction: "),
]


@pytest.mark.parametrize("row", IN_A_STAGE, ids=lambda row: row.text)
def test_in_a_stage(row: Row) -> None:
    """An instruction that BuildKit refuses is refused at its line, and nothing is changed."""
    content = f"FROM scratch AS b\n{row.text}\n".encode()
    expected = DockerfileError(message=row.message, line=row.line, column=row.column)
    assert find_pulls(content).error == expected
    check_unchanged(content, "invalid-dockerfile")


ELSEWHERE = [
    Row("", 1, 1, "the Dockerfile cannot be empty"),
    Row("\n", 1, 1, "file with no instructions"),
    Row("# a\n# b\n", 2, 1, "file with no instructions"),
    Row("ARG A=1\n", 1, 1, "dockerfile contains no stages to build"),
    Row("RUN x\nFROM a\n", 1, 1, "no build stage in current context"),
    Row("ARG A=${B!}\nFROM a\n", 1, 10, UNSUPPORTED.format("${B!}")),
    Row("# escape=x\nFROM a\n", 1, 10, "invalid escape token 'x' does not match ` or \\"),
    Row("# escape=`\n# Escape=`\nFROM a\n", 2, 10, "only one escape parser directive can be used"),
    Row(
        "# syntax=docker/dockerfile\n# syntax=b\nFROM a\n",
        2,
        10,
        "only one syntax parser directive can be used",
    ),
    Row("# syntax=a:b:c\nFROM a\n", 1, 10, "invalid reference format"),
    Row(
        "FROM a\nRUN " + "x" * 65_532 + "\n",
        2,
        1,
        "dockerfile line greater than maximum allowed size of 65535",
    ),
    Row(
        "FROM scratch AS a\nCOPY --from=b x y\nFROM scratch AS b\nCOPY --from=a x y\n",
        1,
        1,
        "circular dependency detected on stage: a",
    ),
    # The Kelvin sign, which is a k in lower case.
    Row(
        "FROM scratch AS k\nFROM scratch\nCOPY --from=\u212a a b\n",
        3,
        13,
        BAD_REFERENCE.format("\u212a") + ": repository name (library/\u212a) must be lowercase",
    ),
]


@pytest.mark.parametrize("row", ELSEWHERE, ids=lambda row: row.text[:30])
def test_elsewhere(row: Row) -> None:
    """A file that BuildKit refuses before or between stages is refused where it does."""
    content = row.text.encode()
    expected = DockerfileError(message=row.message, line=row.line, column=row.column)
    assert find_pulls(content).error == expected
    check_unchanged(content, "invalid-dockerfile")


ACCEPTED = [
    "RUN",
    "CMD",
    "ENTRYPOINT []",
    "RUN []",
    "RUN [1",
    'RUN ["a",]',
    "RUN [NaN]",
    "CMD ['a']",
    "ENV a b=c",
    "ENV a= b=''",
    "ENV A=${B:-c} D=$E",
    "LABEL a=b c.d='e f'",
    "ARG --x A",
    "COPY --from=b:1 a b",
    "COPY --exclude=a --exclude=b --parents a b",
    "COPY --chown=$A --chmod=${B} a b",
    "COPY a b<<c",
    "COPY a <<-",
    'COPY a <<""',
    "RUN <<-",
    "ADD --keep-git-dir=true --link --unpack=FALSE a b",
    "RUN --network=host --security=insecure --device=x ls",
    "RUN echo 'a <<E",
    "HEALTHCHECK none",
    "HEALTHCHECK cmd x",
    "HEALTHCHECK --interval=1h2m3.5s --timeout= --retries=+3 CMD x",
    'HEALTHCHECK --start-period=0 --start-interval=1ms CMD ["x"]',
    "ONBUILD LABLE",
    "ONBUILD COPY --from=$A a b",
    "ONBUILD COPY --from=9 a b",
    "EXPOSE 80/tcp 1-2 $A",
    "WORKDIR a b",
    "USER $A:${B}",
    'VOLUME ["a"] b',
    "MAINTAINER ${",
    'SHELL ["a", ""]',
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_accepted(text: str) -> None:
    """What looks odd but builds is not refused."""
    assert find_pulls(f"FROM scratch AS b\n{text}\n".encode()).error is None


def test_a_line_of_the_greatest_length() -> None:
    """A line of 65,535 bytes is read still."""
    assert find_pulls(b"FROM a\nRUN " + b"x" * 65_531 + b"\n").error is None


TARGETS = {
    "the stage": ("a", None),
    "in another case": ("A", None),
    "none of that name": ("x", ('target stage "x" could not be found', 2)),
    "a number": ("0", ('target stage "0" could not be found', 2)),
}


@pytest.mark.parametrize(("target", "expected"), TARGETS.values(), ids=TARGETS.keys())
def test_target(target: str, expected: tuple[str, int] | None) -> None:
    """A target is looked for by its name, without regard to case."""
    error = find_pulls(b"FROM scratch AS a\nFROM scratch AS b\n", target=target).error
    assert (error and (error.message, error.line)) == expected


def test_given_defaults() -> None:
    """The default of an ARG that the build gives is not looked at."""
    content = b"FROM scratch\nARG A=${B!}\n"
    assert find_pulls(content, build_args={"A": ""}).error is None
    assert find_pulls(content).error is not None
