"""Runs the real ``cdk synth`` of the sample, as on a machine without AWS credentials.

Run with the Python of .venv, after scripts/ensure_cdk.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BIN = Path(sys.prefix) / "bin"


def main() -> int:
    """Synthesizes into cdk.out; returns the exit code of ``cdk synth``."""
    code = subprocess.run(
        [str(BIN / "cdk"), "synth", "--quiet", "--no-lookups"],
        env=without_credentials(os.environ),
        check=False,
    ).returncode
    if code != 0:
        print("make synth: cdk synth failed; its own words are above.", file=sys.stderr)
    return code


def without_credentials(environment: Mapping[str, str]) -> dict[str, str]:
    """Copies an environment, less every way in which AWS credentials could come in.

    Args:
        environment: The variables to start from.

    Returns:
        The variables without ``AWS_*``, with the machine's AWS files and the instance metadata
        service turned off, the CLI's telemetry off, and .venv/bin first on PATH.
    """
    kept = {name: value for name, value in environment.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "PATH": f"{BIN}{os.pathsep}{environment.get('PATH', os.defpath)}",
    }


if __name__ == "__main__":
    sys.exit(main())
