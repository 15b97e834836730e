"""The configuration of checks and rewrites.

It is the file ``ecr-public-pull.toml``, or the table ``[tool.cdk-ecr-public-pull]`` of a
``pyproject.toml`` with the same keys::

    local_images = ["my-base", "myorg/*", "node:custom"]
    ignore = ["vendor", "**/testdata"]

    [mirrors]
    "myorg/app" = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app"
    "grafana/*" = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/grafana/*"

    [severities]
    no-mirror = "error"
    digest-pin = "off"
"""

# Without pathlib, whose import takes longer than to check a file.
# ruff: noqa: PTH100, PTH113, PTH118, PTH119, PTH120, PTH123
from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cdk_ecr_public_pull.errors import InvalidConfig
from cdk_ecr_public_pull.images.mirrors import Mirrors, default_mirrors
from cdk_ecr_public_pull.printable import escape_controls
from cdk_ecr_public_pull.report.rules import Rule, RuleSettings, Severity

FILE_NAME = "ecr-public-pull.toml"
PYPROJECT = "pyproject.toml"
TABLE = "cdk-ecr-public-pull"
# What somebody may take for one of these.
_MISTAKEN_FILES = ("ecr_public_pull.toml", ".ecr-public-pull.toml", "cdk-ecr-public-pull.toml")
_MISTAKEN_TABLES = ("cdk-ecr-public-pull", "ecr-public-pull")
_KEYS = ("mirrors", "local_images", "ignore", "severities")
_EXAMPLES = {"local_images": "my-base", "ignore": "vendor"}
_LEVELS: Mapping[str, Severity | None] = {
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "off": None,
}


class Config(NamedTuple):
    """What a project says about its images.

    Attributes:
        mirrors: Where copies are, and which images are local.
        settings: How grave each rule's findings are.
        ignore: Patterns of paths that are not looked at, below ``folder``: ``*`` stands
            for any characters, ``/`` among them, and ``**/`` at the beginning for any
            folders or none. A pattern that fits a folder fits all in it.
        folder: The folder that the patterns start at; the working folder if left out.
    """

    mirrors: Mirrors = default_mirrors()
    settings: RuleSettings = RuleSettings()
    ignore: tuple[str, ...] = ()
    folder: str = "."

    def ignores(self, name: str) -> bool:
        """Whether a file is not to be looked at.

        Args:
            name: The file, relative to the working folder or absolute.
        """
        if not self.ignore:
            return False
        from fnmatch import fnmatchcase  # noqa: PLC0415  (most projects ignore nothing)

        place = os.path.relpath(name, self.folder)
        while place and place != ".." and not place.startswith("../"):
            if any(fnmatchcase(place, pattern) for pattern in self.ignore):
                return True
            place = os.path.dirname(place)
        return False


def load_config(name: str) -> Config:
    """Read a configuration file.

    Args:
        name: A ``pyproject.toml``, or a file with the keys at its top.

    Raises:
        InvalidConfig: It cannot be read, it says something that nothing here
            understands, or it is a ``pyproject.toml`` without the table. The message
            names the file and the key.
    """
    config = _load(name)
    if config is None:
        raise InvalidConfig(f"{escape_controls(name)}: has no table [tool.{TABLE}]")
    return config


def find_config(folder: str) -> Config:
    """Read the configuration of a folder: its own, or that of the nearest one above it.

    In each folder ``ecr-public-pull.toml`` comes before ``pyproject.toml``, and one
    without the table counts as none.

    Args:
        folder: Where to begin.

    Returns:
        The configuration; the defaults if there is none.

    Raises:
        InvalidConfig: As ``load_config`` says.
    """
    place = os.path.abspath(folder)
    while True:
        for base in (FILE_NAME, PYPROJECT):
            name = os.path.join(place, base)
            if os.path.isfile(name) and (config := _load(name)) is not None:
                return config
        _refuse_mistaken_files(place)
        parent = os.path.dirname(place)
        if parent == place:
            return Config(folder=folder)
        place = parent


def parse_config(document: Mapping[str, object], *, source: str, folder: str) -> Config:
    """Check a configuration and give it its types.

    Args:
        document: The keys, as this module's docstring shows them.
        source: The name of the file, for the messages.
        folder: The folder that the patterns of ``ignore`` start at.

    Raises:
        InvalidConfig: A key is unknown, or a value has the wrong type or meaning.
    """
    source = escape_controls(source)
    for key in document:
        if key not in _KEYS:
            raise InvalidConfig(f"{source}: unknown key {key!r}{_suggest(key, _KEYS)}")
    mirrors = _table(document, "mirrors", source)
    local_images = _strings(document, "local_images", source)
    try:
        resolved = Mirrors(mirrors=mirrors, local_images=local_images)
    except InvalidConfig as error:
        raise InvalidConfig(f"{source}: {error}") from None
    return Config(
        mirrors=resolved,
        settings=RuleSettings(severities=_severities(document, source)),
        ignore=tuple(_patterns(_strings(document, "ignore", source))),
        folder=folder,
    )


def _load(name: str) -> Config | None:
    """The configuration in a file; None for a ``pyproject.toml`` without the table."""
    is_pyproject = os.path.basename(name) == PYPROJECT
    try:
        with open(name, "rb") as file:
            raw = file.read()
    except OSError as error:
        raise InvalidConfig(f"{escape_controls(name)}: cannot be read: {error.strerror}") from None
    # Most have none, and need not be parsed; they may be somebody else's, and wrong.
    if is_pyproject and b"ecr-public-pull" not in raw.lower().replace(b"_", b"-"):
        return None
    document = _parse(raw, name)
    if is_pyproject:
        tool = document.get("tool")
        if not isinstance(tool, dict):
            return None
        _refuse_mistaken_tables(tool, name)
        if TABLE not in tool:
            return None
        document = tool[TABLE]
        if not isinstance(document, dict):
            raise InvalidConfig(f"{escape_controls(name)}: tool.{TABLE} must be a table")
    return parse_config(document, source=name, folder=os.path.dirname(name) or ".")


def _refuse_mistaken_tables(tool: Mapping[str, object], name: str) -> None:
    for key in tool:
        if key != TABLE and key.lower().replace("_", "-") in _MISTAKEN_TABLES:
            raise InvalidConfig(
                f"{escape_controls(name)}: nothing reads the table [tool.{escape_controls(key)}]; "
                f"did you mean [tool.{TABLE}]?"
            )


def _refuse_mistaken_files(folder: str) -> None:
    for base in _MISTAKEN_FILES:
        name = os.path.join(folder, base)
        if os.path.isfile(name):
            raise InvalidConfig(
                f"{escape_controls(name)}: nothing reads this file; did you mean {FILE_NAME}?"
            )


def _parse(raw: bytes, name: str) -> dict[str, object]:
    import tomllib  # noqa: PLC0415  (a project without configuration starts faster)

    try:
        # As UTF-8 with a byte order mark some editors save it; TOML itself knows none.
        return tomllib.loads(raw.decode("utf-8-sig"))
    except ValueError as error:
        raise InvalidConfig(f"{escape_controls(name)}: is not TOML: {error}") from None


def _patterns(given: Iterable[str]) -> Iterable[str]:
    for text in given:
        pattern = text.removeprefix("./").rstrip("/")
        yield pattern
        if pattern.startswith("**/"):
            # At the top there is no folder before it.
            yield pattern.removeprefix("**/")


def _strings(document: Mapping[str, object], key: str, source: str) -> tuple[str, ...]:
    value = document.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        example = _EXAMPLES[key]
        raise InvalidConfig(f'{source}: {key} must be a list of strings, such as ["{example}"]')
    return tuple(value)


def _table(document: Mapping[str, object], key: str, source: str) -> dict[str, str]:
    value = document.get(key, {})
    if not isinstance(value, dict):
        raise InvalidConfig(f"{source}: {key} must be a table of strings")
    for name, item in value.items():
        if not isinstance(item, str):
            raise InvalidConfig(f"{source}: {key}: {name!r} must be a string")
    return value


def _severities(document: Mapping[str, object], source: str) -> dict[Rule, Severity | None]:
    severities: dict[Rule, Severity | None] = {}
    for name, level in _table(document, "severities", source).items():
        if name not in tuple(Rule):
            raise InvalidConfig(
                f"{source}: severities: unknown rule {name!r}{_suggest(name, Rule)}"
            )
        if level not in _LEVELS:
            raise InvalidConfig(
                f'{source}: severities: {name} is {level!r}; it may be "error", "warning" or "off"'
            )
        severities[Rule(name)] = _LEVELS[level]
    return severities


def _suggest(word: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  (needed only for a wrong word)

    names = [str(name) for name in known]
    close = get_close_matches(word.lower().replace("_", "-"), names, n=1) or get_close_matches(
        word.lower().replace("-", "_"), names, n=1
    )
    return f"; did you mean {close[0]!r}?" if close else f"; known are: {', '.join(names)}"
