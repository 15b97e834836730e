"""Only parses each file below the working folder: what `check` is measured against.

Usage: python scripts/bench_parse.py go|python
"""

# As lean as what it is compared with.
# ruff: noqa: PTH118, PTH123
from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable


def main(name: str) -> None:
    """Read and parse the files, all of which are Dockerfiles."""
    parse = {"go": go_parser, "python": python_parser}[name]()
    for parent, _, names in os.walk("."):
        for file_name in names:
            with open(os.path.join(parent, file_name), "rb") as file:
                parse(file.read())


def go_parser() -> Callable[[bytes], object]:
    """The parser of Docker, as the package dockerfile has it; it refuses some files."""
    import dockerfile  # noqa: PLC0415  (the other program does without it)

    def parse(content: bytes) -> object:
        try:
            return dockerfile.parse_string(content.decode("utf-8", "replace"))
        except dockerfile.GoParseError:
            return None

    return parse


def python_parser() -> Callable[[bytes], object]:
    """The package dockerfile-parse; it fails where a file is not UTF-8."""
    from dockerfile_parse import DockerfileParser  # noqa: PLC0415  (as above)

    def parse(content: bytes) -> object:
        try:
            return DockerfileParser(fileobj=io.BytesIO(content)).structure
        except UnicodeDecodeError:
            return None

    return parse


if __name__ == "__main__":
    main(sys.argv[1])
