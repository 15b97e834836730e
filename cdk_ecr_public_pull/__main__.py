"""Runs the command line as ``python -m cdk_ecr_public_pull``."""

from __future__ import annotations

import sys

from cdk_ecr_public_pull.cli.main import main

sys.exit(main())
