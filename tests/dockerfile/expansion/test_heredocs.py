"""Heredocs: which words of an instruction open one, and how each ends."""

from __future__ import annotations

import pytest

from cdk_ecr_public_pull.dockerfile.expansion.heredocs import find_heredocs, parse_heredoc
from cdk_ecr_public_pull.dockerfile.parser.source_text import Text, WordError

# The line that ends a heredoc, whether tabs before it are passed over, whether its body expands.
Found = tuple[str, bool, bool]


def doc(name: str, *, strips_tabs: bool = False, expands: bool = True) -> Found:
    """A heredoc, of the usual kind unless said otherwise."""
    return name, strips_tabs, expands


FOUND: dict[str, list[Found]] = {
    "RUN a b": [],
    "RUN <<EOF": [doc("EOF")],
    "RUN << EOF": [doc("EOF")],
    "RUN a <<-EOF 3<<X": [doc("EOF", strips_tabs=True), doc("X")],
    "RUN <<'EOF'": [doc("EOF", expands=False)],
    'RUN <<"E F"': [doc("E F", expands=False)],
    "RUN <<E'O'F": [doc("EOF", expands=False)],
    "RUN <<E\\F": [doc("EF")],
    "RUN <<\\'E": [doc("'E")],
    "RUN <<$E": [doc("$E")],
    "RUN <<''": [],
    "RUN <<-": [],
    "RUN a<<EOF": [],
    "RUN <<<EOF": [],
    "RUN <EOF": [],
    "RUN $((1 << 2))": [doc("2))")],
    "RUN 'a <<EOF": [],
    "RUN ${ <<EOF": [],
    "RUN 'a <<EOF'": [],
    'RUN ["<<EOF"]': [],
    "RUN --mount=type=ssh <<EOF": [doc("EOF")],
    "copy <<EOF /a": [doc("EOF")],
    "ADD <<EOF /a": [doc("EOF")],
    "ONBUILD RUN <<EOF": [doc("EOF")],
    "ONBUILD ENV A=<<EOF": [],
    "ENV A=<<EOF": [],
    "FROM <<EOF": [],
}


@pytest.mark.parametrize(("line", "heredocs"), FOUND.items(), ids=FOUND.keys())
def test_found(line: str, heredocs: list[Found]) -> None:
    """RUN, COPY and ADD open those that BuildKit finds; there are none in what it cannot lex."""
    found = find_heredocs(Text.unplaced(line), 0)
    assert [(it.name, it.strips_tabs, it.expands) for it in found] == heredocs


def test_refused() -> None:
    """A name with a quote that is not closed is refused."""
    with pytest.raises(WordError) as caught:
        parse_heredoc("<<'E")
    cause = "unexpected end of statement while looking for matching single-quote"
    assert (str(caught.value), caught.value.offset) == (cause, None)
