"""An AWS of moto's on a port of this machine: python -m tests.engine.moto_server PORT."""

from __future__ import annotations

import sys

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

import tests.engine.moto_cloudformation  # noqa: F401  (moto finds what it defines)

if __name__ == "__main__":
    app = DomainDispatcherApplication(create_backend_app)
    run_simple("127.0.0.1", int(sys.argv[1]), app, threaded=True)
