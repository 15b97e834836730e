"""The quick way to read JSON gives what the reader of YAML gives."""

from __future__ import annotations

import json
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_ecr_public_pull.builds.buildspec import read as reading
from cdk_ecr_public_pull.builds.buildspec.read import parse_build_spec
from cdk_ecr_public_pull.errors import InvalidBuildSpec

SPECIAL = st.sampled_from(['a: b #"c\\', "<<", "*x", "&x", "~", "yes", "1.0", "\\", "/", "---\n"])
TEXTS = SPECIAL | st.text(max_size=8)
NUMBERS = st.integers() | st.floats(allow_nan=True)
VALUES = st.recursive(
    TEXTS | NUMBERS | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


def read(text: str) -> str:
    """What is read, with its types, or the error."""
    try:
        return repr(parse_build_spec(text, source="buildspec"))
    except InvalidBuildSpec as error:
        return str(error)


def read_as_yaml(text: str) -> str:
    """What is read if no text is taken for JSON."""
    with patch.object(reading, "_json_mapping", return_value=None):
        return read(text)


@settings(deadline=None)
@given(
    mapping=st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4),
    indent=st.sampled_from([None, 0, 2]),
    ascii_only=st.booleans(),
)
def test_the_same(mapping: dict[str, object], indent: int | None, *, ascii_only: bool) -> None:
    """Whatever is printed as JSON is read the same by both, or refused by both."""
    text = json.dumps(mapping, indent=indent, ensure_ascii=ascii_only)

    assert read(text) == read_as_yaml(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 1}}',
        '{"a": 1}}',
        '{"a": 01}',
        '{"a": [1, 2,]}',
        "{a: b}",
        '{"a":1}',
        '{"a": -0, "b": 1e3, "c": 1.50, "d": 1234567890123456, "e": NaN, "f": -Infinity}',
        '{"a": "b" # c\n}',
        '{"<<": 1, "a": "\\ud800", "b": "\\ud83d\\ude00\\u0000\\u0085\\/\\b\\f\\n\\r\\t"}',
        '{"a": "\t"}',
        '{\t"a": 1}',
        '{"a": "\x85\u2028"}',
    ],
)
def test_what_is_not_plain(text: str) -> None:
    """What JSON and YAML say differently is left to YAML."""
    assert read(text) == read_as_yaml(text)
