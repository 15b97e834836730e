"""Shows what the synthesized sample pipeline does: its Dockerfile, its login, its template.

Usage: show_synth.py SOURCE ASSEMBLY STACK, where SOURCE is the folder of the image, ASSEMBLY
the folder that ``cdk synth`` wrote, and STACK the stack's name in it.
"""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

# CodeBuild's order: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
PHASES = ("install", "pre_build", "build", "post_build")
FIRST_LINES = {
    "login": "# cdk_ecr_public_pull: log in to public.ecr.aws",
    "pulls": "# cdk_ecr_public_pull: move the pulls of docker build",
}
"""The first lines of this library's commands."""


class NothingToShow(Exception):
    """The assembly lacks what it was expected to hold; the message says what."""


def main(arguments: list[str]) -> int:
    """Prints the three parts; returns 0, or 1 after saying what the assembly lacks."""
    source, assembly, stack = Path(arguments[0]), Path(arguments[1]), arguments[2]
    try:
        report = describe(source, assembly, stack)
    except NothingToShow as error:
        print(f"make synth: {error}", file=sys.stderr)
        return 1
    print(report)
    return 0


def describe(source: Path, assembly: Path, stack: str) -> str:
    """Returns the text for the screen.

    Raises:
        NothingToShow: The template, a rewritten Dockerfile or the login is missing.
    """
    template = assembly / f"{stack}.template.json"
    if not template.is_file():
        raise NothingToShow(f"cdk synth did not write {template}.")
    resources = json.loads(template.read_bytes())["Resources"]
    sections = {
        f"What changes in {source / 'Dockerfile'}": changed_lines(
            source / "Dockerfile", rewritten_dockerfile(assembly, stack)
        ),
        "The login in the buildspec": commands_in(resources, FIRST_LINES["login"]),
        "What moves the pulls of a running build": commands_in(resources, FIRST_LINES["pulls"]),
        "The template": str(template),
    }
    return "\n".join(f"\n{title}\n\n{indented(text)}" for title, text in sections.items())


def indented(text: str) -> str:
    """Moves every line that has characters two columns to the right."""
    return "\n".join(f"  {line}" if line else "" for line in text.splitlines())


def rewritten_dockerfile(assembly: Path, stack: str) -> Path:
    """Finds the Dockerfile among the stack's own file assets (the folder keeps older ones too)."""
    manifest = json.loads((assembly / f"{stack}.assets.json").read_bytes())
    for asset in manifest["files"].values():
        dockerfile: Path = assembly / asset["source"]["path"] / "Dockerfile"
        if dockerfile.is_file():
            return dockerfile
    raise NothingToShow(f"no file asset of {stack} in {assembly} holds a Dockerfile.")


def changed_lines(before: Path, after: Path) -> str:
    """Returns a unified diff without context: the changed lines and where they are."""
    diff = difflib.unified_diff(
        before.read_text("utf-8").splitlines(),
        after.read_text("utf-8").splitlines(),
        fromfile=str(before),
        tofile=str(after),
        lineterm="",
        n=0,
    )
    return "\n".join(diff) or "nothing"


def commands_in(resources: Mapping[str, Any], first_line: str) -> str:
    """Returns the commands that begin so, each under the place where it stands."""
    found = [
        f"{name}: phases.{phase}.commands[{index}]\n\n{indented(command)}"
        for name, resource in resources.items()
        if resource["Type"] == "AWS::CodeBuild::Project"
        for phase, index, command in commands(resource["Properties"]["Source"]["BuildSpec"])
        if command.startswith(first_line)
    ]
    if not found:
        raise NothingToShow(f"no CodeBuild project in the template has the command {first_line}")
    return "\n\n".join(found)


def commands(buildspec: object) -> Iterator[tuple[str, int, str]]:
    """Yields phase, index and text of each command of a buildspec, as a template holds it."""
    phases = YAML(typ="safe", pure=True).load(plain_text(buildspec)).get("phases", {})
    for phase in PHASES:
        for index, command in enumerate(phases.get(phase, {}).get("commands", [])):
            yield phase, index, str(command)


def plain_text(value: object) -> str:
    """Returns a template's text with each reference in it written as ``${…}``."""
    match value:
        case str():
            return value
        case {"Fn::Join": [str(separator), list(parts)]}:
            return separator.join(plain_text(part) for part in parts)
        case {"Ref": str(name)}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"${{{name}.{attribute}}}"
        case _:
            return "${…}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
