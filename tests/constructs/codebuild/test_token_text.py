"""Texts with CloudFormation functions in them."""

from __future__ import annotations

import json

import pytest

from cdk_ecr_public_pull.constructs.codebuild.token_text import TokenText

P, Q = {"Ref": "P"}, {"Fn::GetAtt": ["Q", "Arn"]}


def joined(*parts: object) -> object:
    """What CDK resolves a text with tokens to."""
    return {"Fn::Join": ["", list(parts)]}


@pytest.mark.parametrize(
    ("resolved", "expected"),
    [
        ("a: b\n", "a: b\n"),
        (joined("a: ", P, "-x\n"), "a: 904000000010001-x\n"),
        (joined(P, Q), "904000000010000904000000010001"),
        (joined("90400000001", P), "90400000001904000000110001"),
    ],
)
def test_with_placeholders(resolved: object, expected: str) -> None:
    """Each function becomes a number of 15 digits that the text does not hold otherwise."""
    text = TokenText.of(resolved)

    assert text is not None
    assert text.with_placeholders == expected


@pytest.mark.parametrize("resolved", [P, Q, {"Fn::Join": [",", {"Ref": "List"}]}, 5, None])
def test_no_text(resolved: object) -> None:
    """What only the deployment can evaluate is no text."""
    assert TokenText.of(resolved) is None


def with_tokens(resolved: object, mapping: dict[str, object]) -> object:
    """The mapping as JSON, with the functions of the text."""
    text = TokenText.of(resolved)
    assert text is not None
    return text.with_tokens(mapping)


def test_json_without_functions() -> None:
    """A mapping without functions becomes a JSON text, as CDK would write it."""
    assert with_tokens("{}", {"a": ["é"]}) == '{\n  "a": [\n    "é"\n  ]\n}'


def test_json_with_functions() -> None:
    """In JSON, a function within quotes stays in them, and one without stays without."""
    resolved = joined('{"a": "', P, '-x", "n": ', Q, "}")
    text = TokenText.of(resolved)
    assert text is not None

    assert text.with_tokens(json.loads(text.with_placeholders)) == joined(
        '{\n  "a": "', P, '-x",\n  "n": ', Q, "\n}"
    )


def test_yaml_with_functions() -> None:
    """In YAML, a function without quotes is a text like any other."""
    resolved = joined("a: ", P, "\nb: [", Q, "]\n")

    assert with_tokens(resolved, {"a": 904000000010001, "b": [904000000010003], "c": 7}) == joined(
        '{\n  "a": "', P, '",\n  "b": [\n    "', Q, '"\n  ],\n  "c": 7\n}'
    )


def test_a_separator() -> None:
    """What joins the parts is a part of the text."""
    text = TokenText.of({"Fn::Join": [":", ["nginx", {"Ref": "Tag"}, "x"]]})

    assert text is not None
    assert text.parts == ("nginx", ":", {"Ref": "Tag"}, ":", "x")
