"""What every test needs: the Node that `make setup` chose, also outside of an activated venv."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# jsii looks `node` up on PATH when a test makes its first construct.
os.environ["PATH"] = f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
