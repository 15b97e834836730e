"""Words: expanded as BuildKit does, each character with the byte that it comes from."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from cdk_ecr_public_pull.dockerfile.expansion.expand import expand
from cdk_ecr_public_pull.dockerfile.parser.source_text import Text, WordError

# Each variable's value stands at bytes of its own.
ENV = {
    "A": Text.of_bytes(b"node", 100),
    "EMPTY": Text("", ()),
    "PATH1": Text.of_bytes(b"a/b/a", 200),
    "GIVEN": Text.unplaced("x"),
    "STAR": Text.of_bytes(b"a*", 300),
}


class Row(NamedTuple):
    """A word, what comes of it, and from which bytes; ``-`` for one outside of the file."""

    word: str
    chars: str
    offsets: str
    names: str = ""


EXPANDED = [
    Row("", "", ""),
    Row("node:21", "node:21", "0 1 2 3 4 5 6"),
    Row("no'de'", "node", "0 1 3 4"),
    Row('"no"de', "node", "1 2 4 5"),
    Row("'$A'", "$A", "1 2"),
    Row("'a\\'", "a\\", "1 2"),
    Row('"a\\"b"', 'a"b', "1 3 4"),
    Row('"a\\b"', "a\\b", "1 2 3"),
    Row('"a\\\\b"', "a\\b", "1 3 4"),
    Row('"a\\$A"', "a$A", "1 3 4"),
    Row("a\\:b", "a:b", "0 2 3"),
    Row("a\\\\b", "a\\b", "0 2 3"),
    Row("\\$A", "$A", "1 2"),
    Row("a\\", "a", "0"),
    Row("é:1", "é:1", "0 2 3"),
    Row("\ufeffa", "a", "3"),
    Row("$A", "node", "100 101 102 103", "A"),
    Row("${A}", "node", "100 101 102 103", "A"),
    Row("x$A", "xnode", "0 100 101 102 103", "A"),
    Row("$A:1", "node:1", "100 101 102 103 2 3", "A"),
    Row('"$A"', "node", "100 101 102 103", "A"),
    Row("$A1", "", "", "A1"),
    Row("$A-1", "node-1", "100 101 102 103 2 3", "A"),
    Row("$GIVEN", "x", "-", "GIVEN"),
    Row("$UNSET", "", "", "UNSET"),
    Row("${UNSET}", "", "", "UNSET"),
    Row("$", "$", "0"),
    Row("a$", "a$", "0 1"),
    Row("$.", "$.", "0 1"),
    Row("$12x", "x", "3", "12"),
    Row("$?x", "x", "2", "?"),
    Row("${UNSET:-w}", "w", "9", "UNSET"),
    Row("${UNSET-w}", "w", "8", "UNSET"),
    Row("${EMPTY:-w}", "w", "9", "EMPTY"),
    Row("${EMPTY-w}", "", "", "EMPTY"),
    Row("${A:-w}", "node", "100 101 102 103", "A"),
    Row("${A:-$UNSET}", "node", "100 101 102 103", "A UNSET"),
    Row("${UNSET:-$A}", "node", "100 101 102 103", "A UNSET"),
    Row("${UNSET:-${EMPTY:-w}}", "w", "18", "EMPTY UNSET"),
    Row("${UNSET:-'a}b'}", "a}b", "10 11 12", "UNSET"),
    Row("${UNSET:-a\\}b}", "a}b", "9 11 12", "UNSET"),
    Row("${UNSET:-}", "", "", "UNSET"),
    Row("${A:+w}", "w", "5", "A"),
    Row("${A+w}", "w", "4", "A"),
    Row("${EMPTY:+w}", "", "", "EMPTY"),
    Row("${EMPTY+w}", "w", "8", "EMPTY"),
    Row("${UNSET+w}", "", "", "UNSET"),
    Row("${A:?w}", "node", "100 101 102 103", "A"),
    Row("${EMPTY?w}", "", "", "EMPTY"),
    Row("${A#no}", "de", "102 103", "A"),
    Row("${A#*}", "node", "100 101 102 103", "A"),
    Row("${A##*}", "", "", "A"),
    Row("${A%de}", "no", "100 101", "A"),
    Row("${A%x}", "node", "100 101 102 103", "A"),
    Row("${PATH1#*/}", "b/a", "202 203 204", "PATH1"),
    Row("${PATH1##*/}", "a", "204", "PATH1"),
    Row("${PATH1%/*}", "a/b", "200 201 202", "PATH1"),
    Row("${PATH1%%/*}", "a", "200", "PATH1"),
    Row("${PATH1#?/}", "b/a", "202 203 204", "PATH1"),
    Row("${STAR%\\*}", "a", "300", "STAR"),
    Row("${UNSET#x}", "", "", "UNSET"),
    Row("${A/o/0}", "n0de", "100 6 102 103", "A"),
    Row("${PATH1/a/x}", "x/b/a", "10 201 202 203 204", "PATH1"),
    Row("${PATH1//a/x}", "x/b/x", "11 201 202 203 11", "PATH1"),
    Row("${PATH1//\\//-}", "a-b-a", "200 12 202 12 204", "PATH1"),
    Row("${PATH1/a//b/a}", "/b/a/b/a", "10 11 12 13 201 202 203 204", "PATH1"),
    Row("${A//?/}", "", "", "A"),
    Row("${A/o/$}", "n$de", "100 6 102 103", "A"),
    Row("${A/o/'$0'}", "n$0de", "100 7 8 102 103", "A"),
    Row("${A//o/$}", "n$de", "100 7 102 103", "A"),
    Row("${A//o/$1}", "nde", "100 102 103", "1 A"),
    Row("${A//o/'$1'}", "nde", "100 102 103", "A"),
    Row("${A//o/'$0$0'}", "noode", "100 101 101 102 103", "A"),
    Row("${A//o/'<${0}>'}", "n<o>de", "100 8 101 13 102 103", "A"),
    Row("${A//o/'$$1'}", "n$1de", "100 8 10 102 103", "A"),
    Row("${A//o/'$é.'}", "n.de", "100 11 102 103", "A"),
    Row("${A//o/'${}'}", "n${}de", "100 8 9 10 102 103", "A"),
    Row("${A//o/'${0'}", "n${0de", "100 8 9 10 102 103", "A"),
    Row("${A//o/\\$}", "n\\$de", "100 7 8 102 103", "A"),
    Row("${UNSET//*/'$0x'}", "", "", "UNSET"),
    Row("${UNSET/*/w}", "w", "10", "UNSET"),
    Row("${UNSET//*/w}", "w", "11", "UNSET"),
    Row("${UNSET/a/w}", "", "", "UNSET"),
]


@pytest.mark.parametrize("row", EXPANDED, ids=lambda row: row.word)
def test_expanded(row: Row) -> None:
    """A word expands to BuildKit's characters; each knows its byte, and all names are told."""
    expansion = expand(Text.of_bytes(row.word.encode(), 0), ENV)
    offsets = " ".join("-" if at is None else str(at) for at in expansion.text.offsets)
    names = " ".join(sorted(expansion.names))
    assert (expansion.text.chars, offsets, names) == (row.chars, row.offsets, row.names)


BACKTICK = [
    Row("a`:b", "a:b", "0 2 3"),
    Row("a\\b", "a\\b", "0 1 2"),
    Row('"a`"b"', 'a"b', "1 3 4"),
]


@pytest.mark.parametrize("row", BACKTICK, ids=lambda row: row.word)
def test_expanded_with_a_backtick(row: Row) -> None:
    """Where the escape character is a backtick, a backslash is a character like others."""
    expansion = expand(Text.of_bytes(row.word.encode(), 0), ENV, escape="`")
    offsets = " ".join(str(at) for at in expansion.text.offsets)
    assert (expansion.text.chars, offsets) == (row.chars, row.offsets)


UNCLOSED = "unexpected end of statement while looking for matching"
REFUSED = [
    ("'a", f"{UNCLOSED} single-quote", 0),
    ('a"b', f"{UNCLOSED} double-quote", 1),
    ("${", "syntax error: missing '}'", 1),
    ("${}", "syntax error: bad substitution", 2),
    ("${:-a}", "syntax error: bad substitution", 2),
    ("${{A}", "syntax error: bad substitution", 2),
    ("${A:-b", "syntax error: missing '}'", 5),
    ("${A!b}", "unsupported modifier (!) in substitution", 3),
    ("${A:!b}", "unsupported modifier (:!) in substitution", 3),
    ("x${A:#no}", "unsupported modifier (:#) in substitution", 4),
    ("${A:%no", "unsupported modifier (:%) in substitution", 3),
    ("${#A}", "unsupported modifier (A) in substitution", 3),
    ("${.}", "unsupported modifier (.) in substitution", 2),
    ("${A/b}", "syntax error: missing '/' in ${}", 5),
    ("${A/b/c", "syntax error: missing '}'", 6),
    ("x${UNSET?}", "UNSET: is not allowed to be unset", 1),
    ("x${UNSET:?pass it}", "UNSET: pass it", 1),
    ("x${EMPTY:?}", "EMPTY: is not allowed to be empty", 1),
    ("x${A##\\q}", "invalid pattern (\\q) in substitution: invalid escape '\\q'", 1),
    ("x${A/\\q/}", "invalid pattern (\\q) in substitution: invalid escape '\\q'", 1),
]


@pytest.mark.parametrize(("word", "message", "offset"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refused(word: str, message: str, offset: int) -> None:
    """A word that BuildKit refuses is refused in its words, at the place or where it ends."""
    with pytest.raises(WordError) as caught:
        expand(Text.of_bytes(word.encode(), 0), ENV)
    assert (str(caught.value), caught.value.offset) == (message, offset)


def test_deep_nesting() -> None:
    """Nesting is followed to a bound, and refused beyond it with a message that says so."""
    deep = "${U:-" * 100 + "x" + "}" * 100
    assert expand(Text.of_bytes(deep.encode(), 0), ENV).text.chars == "x"
    with pytest.raises(WordError, match=r"^variables nest deeper than 100 levels$"):
        expand(Text.of_bytes(f"${{U:-{deep}}}".encode(), 0), ENV)


def test_long_expansion() -> None:
    """A word may grow to a bound, and is refused beyond it with a message that says so."""
    env = {"L": Text.unplaced("x" * 4096)}
    assert len(expand(Text.unplaced("$L" * 2), env).text) == 8_192
    with pytest.raises(
        WordError, match=r"^variables make the word more than 8192 characters longer$"
    ):
        expand(Text.unplaced("$L" * 3), env)


UNKNOWN_VALUES = {
    "a tag": ("node:$U", "node:\0", ["$U"]),
    "a tag with braces": ("node:${U}-a", "node:\0-a", ["${U}"]),
    "one twice": ("$U:$U", "\0:\0", ["$U", "$U"]),
    "without a suffix": ("node:${U%-*}", "node:\0", ["${U%-*}"]),
    "with a part replaced": ("node:${U//a/b}", "node:\0", ["${U//a/b}"]),
    "required": ("node:${U:?}", "node:\0", ["${U:?}"]),
    "with a default that may be used": ("node:${U:-21}", "node:21", []),
    "in another one's default": ("${X:-$U}", "\0", ["$U"]),
    "in quotes": ("'node:$U'\"$U\"", "node:$U\0", ["$U"]),
}


@pytest.mark.parametrize(
    ("word", "chars", "written"), UNKNOWN_VALUES.values(), ids=UNKNOWN_VALUES.keys()
)
def test_unknown_values(word: str, chars: str, written: list[str]) -> None:
    """Where only a build tells a value, a mark stands for it, with the variable as written."""
    expansion = expand(Text.of_bytes(word.encode(), 0), {}, unknown={"U"})
    marks = [it for char, it in zip(chars, expansion.text.offsets, strict=True) if char == "\0"]
    found = [expansion.unresolved[mark].written for mark in marks if mark is not None]
    assert (expansion.text.chars, found) == (chars, written)
