"""Reading buildspecs: what stays the same text, and what is refused where."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_ecr_public_pull.builds.buildspec.read import parse_build_spec
from cdk_ecr_public_pull.errors import InvalidBuildSpec

SCALARS = (
    # Those that print as the same text in Python and in JavaScript.
    ("0.2", 0.2),
    ("300", 300),
    ("0", 0),
    ("-1", -1),
    ("-0.5", -0.5),
    ("123456789012", 123456789012),
    ("999999999999999", 999999999999999),
    ("true", True),
    ("false", False),
    # YAML 1.2 knows one more value.
    ("null", None),
    ("~", None),
    ("", None),
    # Everything else is text.
    ("3.10", "3.10"),
    ("3.0", "3.0"),
    ("1.0", "1.0"),
    (".5", ".5"),
    ("5.", "5."),
    ("-0", "-0"),
    ("+1", "+1"),
    ("0644", "0644"),
    ("0o644", "0o644"),
    ("0x1F", "0x1F"),
    ("1e3", "1e3"),
    ("0.00001", "0.00001"),
    ("1_000", "1_000"),
    ("1234567890123456", "1234567890123456"),
    ("0.12345678901234567", "0.12345678901234567"),
    ("12:30:45", "12:30:45"),
    (".inf", ".inf"),
    (".nan", ".nan"),
    ("yes", "yes"),
    ("on", "on"),
    ("off", "off"),
    ("True", "True"),
    ("TRUE", "TRUE"),
    ("2026-11-24", "2026-11-24"),
    ("2026-11-24T05:00:00Z", "2026-11-24T05:00:00Z"),
    ("=", "="),
    ("14.x", "14.x"),
    ("${Token[TOKEN.12]}", "${Token[TOKEN.12]}"),
    # Quotes and tags make a text of anything.
    ('"5"', "5"),
    ("'true'", "true"),
    ('""', ""),
    ("!!str 5", "5"),
    ('!!int "5"', 5),
)


@pytest.mark.parametrize(("written", "value"), SCALARS)
def test_scalars(written: str, value: object) -> None:
    """A plain scalar is a number or a boolean only where it prints as the same text."""
    read = parse_build_spec(f"key: {written}\n", source="buildspec.yml")

    assert (read, type(read["key"])) == ({"key": value}, type(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(
            "version: 0.2\nphases:\n  build:\n    commands:\n      - make  # all of it\n",
            {"version": 0.2, "phases": {"build": {"commands": ["make"]}}},
            id="YAML",
        ),
        pytest.param(
            '{\n\t"version": "0.2",\n\t"env": {"variables": {"A": "b: c\\t\\/"}}\n}',
            {"version": "0.2", "env": {"variables": {"A": "b: c\t/"}}},
            id="JSON, indented with tabs",
        ),
        pytest.param(
            '{"a":"${Token[TOKEN.12]}","b":[1,1.50,true,null]}',
            {"a": "${Token[TOKEN.12]}", "b": [1, "1.50", True, None]},
            id="JSON without spaces, with a token",
        ),
        pytest.param(
            '{"a": "\\ud83d\\ude00 \U0001f600 \\u00e9"}', {"a": "😀 😀 é"}, id="beyond U+FFFF"
        ),
        pytest.param(
            "on: 1\n3.10: 2\n~: 3\n${Token[TOKEN.1]}: 4\n",
            {"on": 1, "3.10": 2, "~": 3, "${Token[TOKEN.1]}": 4},
            id="every key is a text",
        ),
        pytest.param("\ufeffa: 1\r\nb: |\r\n  x\r\n  y\r\n", {"a": 1, "b": "x\ny\n"}, id="Windows"),
        pytest.param(
            "a: &a {x: 1, y: [1]}\nb: *a\nc:\n  y: 2\n  <<: *a\n  z: 3\n",
            {"a": {"x": 1, "y": [1]}, "b": {"x": 1, "y": [1]}, "c": {"x": 1, "y": 2, "z": 3}},
            id="alias and merge key",
        ),
        pytest.param(
            "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b]}\n",
            {"a": {"x": 1}, "b": {"x": 2, "y": 2}, "c": {"x": 1, "y": 2}},
            id="the earlier of two merged mappings wins",
        ),
        pytest.param('a: {"<<": 1}\n', {"a": {"<<": 1}}, id="a quoted << is an ordinary key"),
        pytest.param("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}, id="anchor used again"),
        pytest.param(
            "a: >\n  x\n  y\nb: |-\n  x\n  y\n", {"a": "x y\n", "b": "x\ny"}, id="block scalars"
        ),
    ],
)
def test_documents(text: str, value: dict[str, object]) -> None:
    """JSON and YAML are read to the same kind of data."""
    read = parse_build_spec(text, source="buildspec.yml")

    assert (read, list(read)) == (value, list(value))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "# nothing\n",
            "ci.yml: the buildspec is empty. Write at least its version and a phase.",
            id="empty",
        ),
        pytest.param(
            "config/buildspec.yml",
            "ci.yml:1:1: a buildspec is a mapping of keys (version, phases) to values, and this is"
            " not one\n"
            "  config/buildspec.yml\n"
            "  ^\n"
            "If this names a file, give the file's content.",
            id="a file's name",
        ),
        pytest.param(
            "version: 0.2\nphases: {}\nversion: 0.2\n",
            'ci.yml:3:1: the key "version" is here a second time, after line 1\n'
            "  version: 0.2\n"
            "  ^\n"
            "Join the two: readers of YAML keep one of them and drop the other.",
            id="duplicate key",
        ),
        pytest.param(
            '{\n  "phases": {"build": {},\n    "build": {}}\n}',
            'ci.yml:3:5: the key "build" is here a second time, after line 2\n'
            '      "build": {}}\n'
            "      ^\n"
            "Join the two: readers of YAML keep one of them and drop the other.",
            id="duplicate key in JSON",
        ),
        pytest.param(
            "phases:\n\tbuild:\n",
            "ci.yml:2:1: a tab stands where YAML wants spaces\n"
            "  \\tbuild:\n"
            "  ^\n"
            "Indent with spaces.",
            id="tab",
        ),
        pytest.param(
            "phases:\n  build:\n    commands: echo a: b\n",
            'ci.yml:3:21: a text that is not quoted holds a ": "\n'
            "      commands: echo a: b\n"
            "                      ^\n"
            "Put the text in quotes.",
            id="colon",
        ),
        pytest.param(
            "\ufeffa: @b\r\n",
            "ci.yml:1:4: a text begins with this character, unquoted\n"
            "  a: @b\n"
            "     ^\n"
            "Put the text in quotes.",
            id="at sign, in a file of Windows",
        ),
        pytest.param(
            "- *.txt\n",
            "ci.yml:1:3: no anchor above has the name of this alias\n"
            "  - *.txt\n"
            "    ^\n"
            'Define the anchor, or put a text that begins with "*" in quotes.',
            id="undefined alias",
        ),
        pytest.param(
            "a: 1\n---\nb: 2\n",
            "ci.yml:2:1: a second document begins here\n  ---\n  ^\nKeep one of the two.",
            id="two documents",
        ),
        pytest.param(
            "a: [1, 2\n",
            "ci.yml:2:1: this is no valid YAML (expected ',' or ']', but got '<stream end>')\n"
            "  \n"
            "  ^\n"
            "Correct the buildspec here.",
            id="anything else",
        ),
        pytest.param(
            "a: x\x01y\n",
            "ci.yml:1:5: this control character may not stand in YAML\n"
            "  a: x\\x01y\n"
            "      ^\n"
            "Remove it, or write it as an escape in a text in double quotes.",
            id="control character",
        ),
        pytest.param(
            '{"a": "x\u2028y"}',
            "ci.yml:1:9: this character is a line break to some readers\n"
            '  {"a": "x\\u2028y"}\n'
            "          ^\n"
            "Remove it, or write it as an escape in a text in double quotes.",
            id="line separator",
        ),
        pytest.param(
            "a: !Sub x\n",
            "ci.yml:1:4: the tag !Sub means nothing in a buildspec\n"
            "  a: !Sub x\n"
            "     ^\n"
            "Remove it, or put the text in quotes.",
            id="tag",
        ),
        pytest.param(
            "a: 1\n? [x]\n: 2\n",
            "ci.yml:2:3: a key of a buildspec is a text, and this is not one\n"
            "  ? [x]\n"
            "    ^\n"
            "Put the text in quotes.",
            id="a list as a key",
        ),
        pytest.param(
            "a: {<<: b}\n",
            'ci.yml:1:9: the value of "<<" is a mapping or a list of mappings, and this is'
            " neither\n"
            "  a: {<<: b}\n"
            "          ^\n"
            "Name the anchor of a mapping.",
            id="merging a text",
        ),
        pytest.param(
            "a: &a [1, *a]\n",
            "ci.yml:1:4: this value contains itself\n"
            "  a: &a [1, *a]\n"
            "     ^\n"
            "Remove the alias that leads back to it.",
            id="recursion",
        ),
        pytest.param(
            f"a: {'x' * 120}: {'y' * 120}\n",
            'ci.yml:1:124: a text that is not quoted holds a ": "\n'
            f"  {'x' * 50}: {'y' * 48}\n"
            f"  {' ' * 50}^\n"
            "Put the text in quotes.",
            id="a long line",
        ),
    ],
)
def test_refused(text: str, message: str) -> None:
    """What cannot be read is shown with its place, its cause and the remedy."""
    with pytest.raises(InvalidBuildSpec) as caught:
        parse_build_spec(text, source="ci.yml")

    assert str(caught.value) == message


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**13), 10**14) | TEXTS,
    lambda values: st.lists(values, max_size=3) | st.dictionaries(TEXTS, values, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.dictionaries(TEXTS, VALUES, max_size=4), st.sampled_from([None, 2, "\t"]))
def test_json_is_read_as_json(spec: dict[str, object], indent: str | int | None) -> None:
    """Whatever Python prints as JSON is read as what it was."""
    assert parse_build_spec(json.dumps(spec, indent=indent), source="buildspec.json") == spec


@settings(deadline=None)
@given(st.floats(allow_nan=False) | st.integers() | st.booleans(), st.booleans())
def test_plain_scalars_print_as_they_were_written(
    number: float,
    capital: bool,
) -> None:
    """Printed as JSON, a plain scalar is what the user wrote, as a text or as it stands."""
    written = str(number).upper() if capital else str(number).lower()

    value = parse_build_spec(f"key: {written}", source="buildspec.yml")["key"]

    assert written in {value, json.dumps(value)}
