"""One name, one thing: no two modules of the package and no two of its classes share a name."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cdk_ecr_public_pull"


def modules() -> Iterator[Path]:
    """The modules whose names count; an __init__.py goes by the name of its folder."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.stem != "__init__":
            yield path


def classes(source: str) -> Iterator[str]:
    """The names of the classes that a module defines, wherever in it they stand."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            yield node.name


def shared(names: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    """The names that are given more than once, each with the places that give it."""
    places: dict[str, list[str]] = defaultdict(list)
    for name, place in names:
        places[name].append(place)
    return {name: where for name, where in places.items() if len(where) > 1}


def shown(path: Path) -> str:
    """A module as a list of duplicates names it."""
    return path.relative_to(ROOT).as_posix()


def test_no_two_modules_have_one_name() -> None:
    """A module's name says which module it is, without its folder."""
    assert shared((path.stem, shown(path)) for path in modules()) == {}


def test_no_two_classes_have_one_name() -> None:
    """A class's name says which class it is, without its module; private ones are no exception."""
    found = ((name, shown(path)) for path in modules() for name in classes(path.read_text("utf-8")))
    assert shared(found) == {}


def test_a_shared_name_is_seen() -> None:
    """A class within a function and one at the top of another module count alike."""
    sources = {"a.py": "class A: pass\nclass B: pass", "b.py": "def f():\n    class A: pass"}
    found = ((name, place) for place, source in sources.items() for name in classes(source))
    assert shared(found) == {"A": ["a.py", "b.py"]}
