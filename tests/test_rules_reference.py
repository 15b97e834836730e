"""docs/rules.md tells of every rule and every id, and its examples do what it says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_s3 as s3
from aws_cdk import pipelines

from cdk_ecr_public_pull.cli.main import main
from cdk_ecr_public_pull.constructs.codebuild import requirements
from cdk_ecr_public_pull.dockerfile.rewrite import check_dockerfile
from cdk_ecr_public_pull.errors import InvalidBuildSpec, UnsupportedProject
from cdk_ecr_public_pull.report.rules import Rule, RuleSettings
from tests.constructs.hub_reports import said
from tests.constructs.projects import warnings

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cdk_ecr_public_pull"
REFERENCE = (ROOT / "docs" / "rules.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ROW = re.compile(r"^\| \[([a-z-]+)\]\(#([a-z-]+)\) \| (\w+) \|", re.MULTILINE)

# Where the ids are that a construct warns or fails with.
ROOMS = [PACKAGE / "builds" / "buildspec", PACKAGE / "constructs"]
SOURCES = [PACKAGE / "errors.py", *(path for room in ROOMS for path in sorted(room.rglob("*.py")))]

# No comment can stand above these lines, or a comment is what the rule is about.
ONLY_IN_CONFIGURATION = {Rule.SYNTAX_FRONTEND, Rule.FOREIGN_FRONTEND, Rule.UNUSED_IGNORE}


class Ids:
    """The ids in the sources: the texts that are given to a parameter that takes an id.

    Such a parameter is called ``rule``, whoever's it is: ``warn(scope, "run-as", …)``. Beside
    it there are the field ``id`` of a BuildSpecWarning and ``rule_name`` of CDK's violations.
    """

    def __init__(self, *sources: str) -> None:
        self._trees = [ast.parse(source) for source in sources]
        self._places: dict[str, int | None] = {}
        self._defaults: dict[str, str] = {}
        for tree in self._trees:
            for name, function in functions(tree):
                self._learn(name, function)

    def _learn(self, name: str, function: ast.FunctionDef) -> None:
        given = function.args
        positional = [it.arg for it in given.args if it.arg != "self"]
        keywords = [it.arg for it in given.kwonlyargs]
        if "rule" not in [*positional, *keywords]:
            return
        self._places[name] = positional.index("rule") if "rule" in positional else None
        for keyword, default in zip(keywords, given.kw_defaults, strict=True):
            if keyword == "rule" and isinstance(default, ast.Constant):
                self._defaults[name] = str(default.value)

    def found(self) -> set[str]:
        """All of them."""
        return {it for tree in self._trees for it in self._in(tree)}

    def _in(self, tree: ast.Module) -> Iterator[str]:
        constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            takes = {"rule", "rule_name", *(["id"] if name == "BuildSpecWarning" else [])}
            values = [it.value for it in call.keywords if it.arg in takes]
            place = self._places.get(name)
            if place is not None:
                values += call.args[place : place + 1]
            if not values and name in self._defaults:
                yield self._defaults[name]
            for value in values:
                known = constants.get(value.id) if isinstance(value, ast.Name) else value
                if isinstance(known, ast.Constant) and isinstance(known.value, str):
                    yield known.value


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions of a module, each with the name that it is called by."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            made_by = (it for it in node.body if isinstance(it, ast.FunctionDef))
            yield from ((node.name, it) for it in made_by if it.name == "__init__")
        elif isinstance(node, ast.FunctionDef) and node.name != "__init__":
            yield node.name, node


def sections() -> dict[str, str]:
    """The text under each heading of a rule or an id."""
    parts = re.split(r"^### ([a-z][a-z-]*)$", REFERENCE, flags=re.MULTILINE)
    texts = (text.partition("\n## ")[0] for text in parts[2::2])
    return dict(zip(parts[1::2], texts, strict=True))


SECTIONS = sections()
IDS = Ids(*(path.read_text("utf-8") for path in SOURCES)).found()
PRELUDE = BLOCK.findall(REFERENCE.partition("\n## Constructs\n")[2])[0][1]


def examples(name: str) -> list[tuple[str, str, str | None]]:
    """The language and text of each example of a section, and what is printed for it, if shown."""
    blocks: list[tuple[str, str]] = BLOCK.findall(SECTIONS[name])
    following = [*blocks[1:], ("", "")]
    return [
        (language, text, after if shown == "text" else None)
        for (language, text), (shown, after) in zip(blocks, following, strict=True)
        if language != "text"
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def warn(scope, rule): ...\nwarn(x, 'a')\nwarn(x, rule='b')\nwarn(x, y)", {"a", "b"}),
        ("def bad(text, *, rule='a'): ...\nbad('')\nbad('', rule='b')", {"a", "b"}),
        ("def bad(text, *, rule='a'): ...\nbad('', rule='b')", {"b"}),
        ("class E:\n    def __init__(self, text, rule): ...\nE('', 'a')", {"a"}),
        ("BuildSpecWarning(id='a')\nAcknowledgment(id='b')", {"a"}),
        ("A = 'a'\nViolation(rule_name=A)", {"a"}),
    ],
)
def test_the_ids_are_seen(source: str, expected: set[str]) -> None:
    """Each way in which the sources give an id is seen, and no other text is taken for one."""
    assert Ids(source).found() == expected


def test_the_ids_of_tables() -> None:
    """What the sources say is what is there when they run."""
    tables = (requirements.ERRORS, requirements.PASSED_OVER, requirements.WARNINGS)
    assert {row.rule for table in tables for row in table} <= IDS


def test_it_is_complete() -> None:
    """Each rule and each id has a heading and a row, and nothing else has one."""
    rows = [(name, anchor) for name, anchor, _ in ROW.findall(REFERENCE)]
    assert rows == [(name, name) for name in SECTIONS]
    assert sorted(SECTIONS) == sorted([*Rule, *IDS])


def test_default_severities() -> None:
    """The table has the severities that hold where nothing is configured, and so has the text."""
    told = {name: severity for name, _, severity in ROW.findall(REFERENCE)}
    assert {rule: told[rule] for rule in Rule} == {it: RuleSettings().severity(it) for it in Rule}
    for name, text in SECTIONS.items():
        article = "An" if told[name] == "error" else "A"
        assert text.startswith(f"\n\n*{article} {told[name]}"), name


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("rule", Rule)
def test_dockerfiles(rule: Rule, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each example has the output that is shown; what is mended has no finding of its rule."""
    first = examples(rule)[0]
    assert first[2] is not None
    for language, text, shown in examples(rule):
        dockerfile, config = (text, "") if language == "dockerfile" else (first[1], text)
        (folder / "Dockerfile").write_text(dockerfile, "utf-8")
        (folder / "ecr-public-pull.toml").write_text(config, "utf-8")
        main(["check", "Dockerfile"])
        printed = capsys.readouterr().out
        if shown is not None:
            assert printed == shown
        assert (f"[{rule}]" in printed) == (shown is not None), text


# What is only about moving a pull goes with it.
MOVES = (Rule.DIGEST_PIN, Rule.AMBIGUOUS_ARG, Rule.ONBUILD_AMBIGUOUS)
SILENCED = [
    *((rule, rule) for rule in Rule if rule not in ONLY_IN_CONFIGURATION),
    *((rule, Rule.DOCKER_HUB_PULL) for rule in MOVES),
]


@pytest.mark.parametrize(("rule", "named"), SILENCED)
def test_comments(rule: Rule, named: Rule) -> None:
    """A comment above the line silences the rule there, and is of use."""
    lines = examples(rule)[0][1].splitlines(keepends=True)
    place = next(it.line for it in check_dockerfile("".join(lines).encode()) if it.rule == rule)
    lines.insert(place - 1, f"# ecr-public-pull: ignore[{named}] why\n")

    found = check_dockerfile("".join(lines).encode())

    there = {it.rule for it in found if it.line in (place, place + 1)}
    assert there.isdisjoint({rule, named, Rule.UNUSED_IGNORE})


def outcome(example: str, folder: Path) -> dict[str, str]:
    """What an example for the CDK warns of or fails with: the messages, by their ids."""
    # Node does not follow a change of the working folder.
    example = example.replace('from_asset("', f'from_asset("{folder}/')
    names: dict[str, Any] = {}
    exec(PRELUDE, names)  # noqa: S102  (the reference's own code)
    app, stack = names["app"], names["stack"]
    if "pipelines." in example:
        source = pipelines.CodePipelineSource.s3(s3.Bucket(stack, "Source"), "app.zip")
        names["synth"] = pipelines.ShellStep("Synth", input=source, commands=["cdk synth"])
        names["prod"] = cdk.Stage(app, "Prod")
        service = cdk.Stack(names["prod"], "Service")
        ecr_assets.DockerImageAsset(service, "Image", directory=str(folder / "image"))
    try:
        exec(example, names)  # noqa: S102  (as above)
    except (InvalidBuildSpec, UnsupportedProject) as error:
        return {error.rule: str(error)}
    if "DockerHubPulls" in example:
        return {it.rule: it.description for it in said(app)}
    return warnings(names["stack"])


@pytest.mark.parametrize("name", sorted(IDS))
def test_constructs(name: str, folder: Path) -> None:
    """Each example has the message that is shown; what is mended has none of its id."""
    (folder / "buildspec.yml").write_text("version: 0.2\n", "utf-8")
    (folder / "image").mkdir()
    (folder / "image" / "Dockerfile").write_text("FROM scratch\n", "utf-8")
    for index, (_, example, shown) in enumerate(examples(name)):
        found = outcome(example, folder)
        assert (index == 0) == (shown is not None), example
        assert found.get(name) == (None if shown is None else shown.removesuffix("\n")), example


def test_the_scanner_of_attestations(folder: Path) -> None:
    """The example has the message that is shown."""
    [(_, example), (_, shown), *_] = BLOCK.findall(
        REFERENCE.partition("\n## In a running build\n")[2]
    )

    assert outcome(example, folder)[Rule.NO_MIRROR] == shown.removesuffix("\n")
