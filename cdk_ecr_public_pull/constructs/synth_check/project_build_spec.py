"""The buildspec of a project in a template: what it says, or the file that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cdk_ecr_public_pull.builds.buildspec.read import names_a_file, parse_build_spec
from cdk_ecr_public_pull.constructs.codebuild.build_spec_file import DEFAULT_NAME, repository
from cdk_ecr_public_pull.constructs.codebuild.token_text import TokenText
from cdk_ecr_public_pull.errors import InvalidBuildSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSpecText:
    """A buildspec.

    Attributes:
        name: What to call it: ``buildspec``, or the name of its file.
        text: What it says.
        parsed: The same, as data.
    """

    name: str
    text: TokenText
    parsed: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFiles:
    """Where the files lie that projects name as their buildspecs.

    Attributes:
        root: A checkout of their sources; None for the repository of the working folder.
        outdir: The folder of the app's assembly, which has its assets.
    """

    root: Path | None = None
    outdir: Path | None = None

    def build_spec(self, source: Mapping[str, object]) -> BuildSpecText | None:
        """Read the buildspec of a project; None if it is not here, or none that can be read.

        Args:
            source: The project's source, as the template has it.
        """
        given = source.get("BuildSpec")
        if given is None:
            return None if source.get("Type") == "NO_SOURCE" else self._read(DEFAULT_NAME)
        text = TokenText.of(given)
        if text is None:
            return None
        plain = text.with_placeholders
        if plain.startswith("arn:"):
            return self._read_asset(plain.rpartition("/")[2])
        return self._read(plain) if names_a_file(plain) else _parsed("buildspec", text)

    def _read(self, name: str) -> BuildSpecText | None:
        return _from_file(name, (self.root or repository(Path.cwd())) / name)

    def _read_asset(self, name: str) -> BuildSpecText | None:
        """What ``BuildSpec.from_asset`` uploads; CDK calls a file so in its assembly."""
        if self.outdir is None:
            return None
        return _from_file("buildspec", self.outdir / f"asset.{name}")


def _from_file(name: str, path: Path) -> BuildSpecText | None:
    try:
        text = TokenText.of(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return None if text is None else _parsed(name, text)


def _parsed(name: str, text: TokenText) -> BuildSpecText | None:
    try:
        parsed = parse_build_spec(text.with_placeholders, source=name)
    except InvalidBuildSpec:
        # CodeBuild refuses it, too.
        return None
    return BuildSpecText(name=name, text=text, parsed=parsed)
