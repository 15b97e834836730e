"""The bodies of heredocs, in which COPY and ADD expand variables, and RUN does not."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.pulls import DockerfileError, find_pulls

ACCEPTED = {
    "a variable, and quotes that are not closed": "COPY <<E /x\n$A ${B:-'} \"\nE",
    "an escaped dollar": "COPY <<E /x\n\\${A!}\nE",
    "a quoted name": "COPY <<'E' /x\n${A!}\nE",
    "a name that is quoted in part": 'COPY <<E"F" /x\n${A!}\nEF',
    "white space before the name, which makes it none of the sources": ("COPY << E a /x\n${A!}\nE"),
    "two of a name, of which the last one counts": "COPY <<E <<E /x\n${A!}\nE\na\nE",
    "RUN": "RUN <<E\n${A!}\nE",
    "ONBUILD RUN": "ONBUILD RUN <<E\n${A!}\nE\nFROM b",
    "a trigger that nothing fires": "ONBUILD COPY <<E /x\n${A!}\nE",
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepted(text: str) -> None:
    """What is expanded well, or not at all, is not refused."""
    assert find_pulls(f"FROM scratch AS b\n{text}\n".encode()).error is None


REFUSED = {
    "COPY": ("COPY <<E /x\na\n  b ${A!}\nc\nE", "  b ${A!}"),
    "ADD": ("ADD <<E /x\n${A!}\nE", "${A!}"),
    "in quotes": ("COPY <<E /x\n'${A!}'\nE", "'${A!}'"),
    "the second one": ("COPY <<D <<-E /x\nD\n\t${A!}\n\tE", "\t${A!}"),
    "an escaped quote in the name": ("COPY <<\\'E /x\n${A!}\n'E", "${A!}"),
    "a trigger": ("ONBUILD COPY <<E /x\n${A!}\nE\nFROM b", "${A!}"),
}


@pytest.mark.parametrize(("text", "line"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(text: str, line: str) -> None:
    """What cannot be expanded is refused at the instruction, with the line of the body."""
    message = f'failed to process "{line}": unsupported modifier (!) in substitution'
    error = DockerfileError(message=message, line=2, column=1)
    assert find_pulls(f"FROM scratch AS b\n{text}\n".encode()).error == error
