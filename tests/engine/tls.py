"""A certificate authority that the sandbox trusts, and a certificate for all its hosts."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from pathlib import Path

from tests.engine.sandbox import Sandbox

_MAKE = """\
set -eu
mkdir -p /etc/harness && cd /etc/harness
new='openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -batch'
$new -x509 -subj '/CN=Test CA' -keyout ca.key -out ca.crt 2>/dev/null
$new -subj '/CN=Test server' -keyout server.key -out server.csr 2>/dev/null
printf 'subjectAltName=%s\\n' "$1" > names
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -days 2 -extfile names \\
  -out server.crt 2>/dev/null
cat ca.crt >> /etc/ssl/certs/ca-certificates.crt
cat server.crt server.key
"""


def server_context(sandbox: Sandbox, hosts: Iterable[str], folder: Path) -> ssl.SSLContext:
    """Make a certificate that the sandbox trusts.

    Args:
        sandbox: The sandbox; what runs in it already may not see the new authority.
        hosts: The names that the certificate is for.
        folder: A folder for the certificate and its key.
    """
    names = ",".join(f"DNS:{host}" for host in hosts)
    pem = folder / "server.pem"
    pem.write_text(sandbox.check(_MAKE, names), "ascii")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
