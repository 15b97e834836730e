"""``ecr-public-pull login``: log docker in to public.ecr.aws."""

from __future__ import annotations

import argparse
import subprocess

from cdk_ecr_public_pull.builds.login import login_commands
from cdk_ecr_public_pull.cli.statuses import OK
from cdk_ecr_public_pull.errors import UnusableFile


def run(options: argparse.Namespace) -> int:
    """Print the commands, or run them; returns the exit status."""
    script = "\n".join(login_commands(required=not options.optional))
    if not options.run:
        print(script)
        return OK
    try:
        status = subprocess.run(["sh", "-c", script], check=False).returncode
    except OSError as error:
        raise UnusableFile(f"sh: cannot be run: {error.strerror}") from None
    # As a shell has it for a command that a signal ended.
    return status if status >= 0 else 128 - status
