"""Which files a ``.dockerignore`` leaves out."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from cdk_ecr_public_pull.constructs.build_context.dockerignore import IgnoreRules
from cdk_ecr_public_pull.errors import UnusableFile

CASES = {
    "no rule": ("", {"a": False}),
    "a name stands at the root": (
        "node_modules",
        {"node_modules": True, "src/node_modules": False},
    ),
    "what is below a name goes with it": ("docs", {"docs/a/b.md": True, "docs2": False}),
    "slashes at the ends count for nothing": ("/docs/", {"docs": True, "a/docs": False}),
    "a path is made shorter first": ("./a/../b//c", {"b/c": True, "a": False}),
    "a star stops at a slash": ("*/temp*", {"a/temp1": True, "a/b/temp": False, "temp": False}),
    "a question mark is one character": ("temp?", {"tempa": True, "temp": False, "tempab": False}),
    "a question mark is no slash": ("a?b", {"a/b": False, "axb": True}),
    "two stars are any folders, or none": ("**/*.pyc", {"a.pyc": True, "a/b/c.pyc": True}),
    "two stars at the end are everything below": ("a/**", {"a/b/c": True, "a": False}),
    "two stars within a path": ("a/**/z", {"a/z": True, "a/b/c/z": True, "az": False}),
    "two stars before a name": ("**z", {"z": True, "a/z": True, "az": False}),
    "brackets are one of their characters": ("[a-c].txt", {"b.txt": True, "d.txt": False}),
    "brackets can exclude": ("[^a]x", {"bx": True, "ax": False}),
    "a bracket within brackets": ("[[]x", {"[x": True, "x": False}),
    "a backslash takes the meaning away": (r"\*.txt", {"*.txt": True, "a.txt": False}),
    "a backslash is one within brackets too": (r"[\]]x", {"]x": True, "ax": False}),
    "a dot is a dot": ("a.b", {"a.b": True, "axb": False}),
    "a plus is a plus": ("c++", {"c++": True, "ccc": False}),
    "a closing bracket alone is itself": ("a]", {"a]": True}),
    "names differ in case": ("readme.md", {"readme.md": True, "README.md": False}),
    "a comment and an empty line": ("# a\n\n  \nb", {"# a": False, "b": True}),
    "a comment begins its line": (" # a", {"# a": True}),
    "spaces and carriage returns around a rule": ("  a \r\nb\r\n", {"a": True, "b": True}),
    "a byte order mark": ("\ufeffa", {"a": True}),
    "an exclamation mark brings back": ("*\n!src", {"src/a": False, "x": True}),
    "spaces after the exclamation mark": ("*\n! src", {"src": False}),
    "the last rule that fits wins": ("!a\na", {"a": True}),
    "a part of a folder is brought back": ("a\n!a/b", {"a": True, "a/b/c": False, "a/x": True}),
    "and left out again": ("a\n!a/b\na/b/c", {"a/b": False, "a/b/c": True}),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_ignores(text: str, expected: dict[str, bool]) -> None:
    """Each path is left out, or not, as BuildKit would."""
    rules = IgnoreRules.parse(text, path=".dockerignore")

    actual = {path: rules.ignores(PurePosixPath(path)) for path in expected}

    assert actual == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", True), ("b", False), ("a\n!a/b", False), ("a\n!z", False)],
)
def test_ignores_all_of(text: str, expected: bool) -> None:
    """A folder is left out as a whole only where no rule could bring back a part of it."""
    rules = IgnoreRules.parse(text, path=".dockerignore")

    assert rules.ignores_all_of(PurePosixPath("a")) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a\n!",
            (
                ".dockerignore:2: '!' is not a rule of a .dockerignore file: nothing follows the "
                "exclamation mark.\n"
            ),
        ),
        (
            "[a",
            ".dockerignore:1: '[a' is not a rule of a .dockerignore file: a [ is not closed.\n",
        ),
        (
            "[z-a]",
            (
                ".dockerignore:1: '[z-a]' is not a rule of a .dockerignore file: "
                "bad character range z-a at position 1.\n"
            ),
        ),
    ],
)
def test_refuses(text: str, expected: str) -> None:
    """A line that is no rule is named, with its number."""
    with pytest.raises(UnusableFile) as caught:
        IgnoreRules.parse(text, path=".dockerignore")

    assert str(caught.value) == (
        expected + "  help: https://docs.docker.com/build/concepts/context/#syntax "
        "describes the rules"
    )
