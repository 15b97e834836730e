"""The configuration of checks and rewrites.

It is the table ``[tool.cdk-ecr-public-pull]`` of a ``pyproject.toml``, or the file
``ecr-public-pull.toml`` with the same keys at its top::

    local_images = ["my-base", "myorg/*", "node:custom"]
    ignore = ["vendor", "*/testdata/*"]

    [mirrors]
    "myorg/app" = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app"
    "grafana/*" = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/grafana/*"

    [severities]
    no-mirror = "error"
    digest-pin = "off"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from cdk_ecr_public_pull.dockerfile.findings import Rule, RuleSettings, Severity
from cdk_ecr_public_pull.errors import InvalidConfig
from cdk_ecr_public_pull.images.mirrors import Mirrors

FILE_NAME = "ecr-public-pull.toml"
TABLE = "cdk-ecr-public-pull"
_KEYS = ("mirrors", "local_images", "ignore", "severities")
_LEVELS: Mapping[str, Severity | None] = {
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "off": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a project says about its images.

    Attributes:
        mirrors: Where copies are, and which images are local.
        settings: How grave each rule's findings are.
        ignore: Patterns of paths that are not looked at, below ``folder``; ``*``
            stands for any characters, ``/`` among them. A pattern that fits a folder
            fits all in it.
        folder: The folder that the patterns start at.
    """

    mirrors: Mirrors = field(default_factory=Mirrors)
    settings: RuleSettings = field(default_factory=RuleSettings)
    ignore: tuple[str, ...] = ()
    folder: Path = field(default_factory=Path)

    def ignores(self, path: Path) -> bool:
        """Whether a file is not to be looked at.

        Args:
            path: The file.
        """
        if not self.ignore:
            return False
        try:
            below = path.absolute().relative_to(self.folder.absolute())
        except ValueError:
            return False
        places = [below, *below.parents]
        return any(
            fnmatchcase(place.as_posix(), pattern.rstrip("/"))
            for place in places
            for pattern in self.ignore
        )


def load_config(path: Path) -> Config:
    """Read a configuration file.

    Args:
        path: A ``pyproject.toml``, or a file with the keys at its top.

    Raises:
        InvalidConfig: It cannot be read, or it says something that nothing here
            understands; the message names the file and the key.
    """
    document = _read(path)
    if path.name == "pyproject.toml":
        document = _table_of_pyproject(document)
    return parse_config(document, source=str(path), folder=path.parent)


def find_config(folder: Path) -> Config:
    """Read the configuration of a folder: its own, or that of the nearest one above it.

    Args:
        folder: Where to begin.

    Returns:
        The configuration; the defaults if there is none.

    Raises:
        InvalidConfig: As ``load_config`` says.
    """
    folder = folder.absolute()
    for place in (folder, *folder.parents):
        if (place / FILE_NAME).is_file():
            return load_config(place / FILE_NAME)
        pyproject = place / "pyproject.toml"
        if pyproject.is_file() and _table_of_pyproject(_read(pyproject)):
            return load_config(pyproject)
    return Config(folder=folder)


def parse_config(document: Mapping[str, object], *, source: str, folder: Path) -> Config:
    """Check a configuration and give it its types.

    Args:
        document: The keys, as this module's docstring shows them.
        source: The name of the file, for the messages.
        folder: The folder that the patterns of ``ignore`` start at.

    Raises:
        InvalidConfig: A key is unknown, or a value has the wrong type or meaning.
    """
    for key in document:
        if key not in _KEYS:
            raise InvalidConfig(f"{source}: unknown key {key!r}{_suggest(key, _KEYS)}")
    mirrors = _table(document, "mirrors", source)
    try:
        resolved = Mirrors(
            mirrors=mirrors, local_images=_strings(document, "local_images", source)
        )
    except InvalidConfig as error:
        raise InvalidConfig(f"{source}: {error}") from None
    return Config(
        mirrors=resolved,
        settings=RuleSettings(severities=_severities(document, source)),
        ignore=_strings(document, "ignore", source),
        folder=folder,
    )


def _read(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidConfig(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidConfig(f"{path}: is not TOML: {error}") from None


def _table_of_pyproject(document: Mapping[str, object]) -> Mapping[str, object]:
    tool = document.get("tool")
    table = tool.get(TABLE) if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else {}


def _strings(document: Mapping[str, object], key: str, source: str) -> tuple[str, ...]:
    value = document.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidConfig(f'{source}: {key} must be a list of strings, such as ["my-base"]')
    return tuple(value)


def _table(document: Mapping[str, object], key: str, source: str) -> dict[str, str]:
    value = document.get(key, {})
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise InvalidConfig(f"{source}: {key} must be a table of strings")
    return value


def _severities(document: Mapping[str, object], source: str) -> dict[Rule, Severity | None]:
    severities: dict[Rule, Severity | None] = {}
    for name, level in _table(document, "severities", source).items():
        if name not in tuple(Rule):
            raise InvalidConfig(f"{source}: severities: unknown rule {name!r}{_suggest(name, Rule)}")
        if level not in _LEVELS:
            raise InvalidConfig(
                f'{source}: severities: {name} is {level!r}; it may be "error", "warning" or "off"'
            )
        severities[Rule(name)] = _LEVELS[level]
    return severities


def _suggest(word: str, known: Iterable[str]) -> str:
    names = [str(name) for name in known]
    close = get_close_matches(word, names, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are: {', '.join(names)}"
