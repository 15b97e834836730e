"""A stub of the two AWS services that cdk-assets asks: ECR and STS, on the loopback.

It knows the answers of one account with an empty repository, and checks no signature.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

REGISTRY = "111111111111.dkr.ecr.eu-west-1.amazonaws.com"

# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Operations.html
_ECR = {
    "DescribeRepositories": (200, {"repositories": [{"repositoryUri": f"{REGISTRY}/assets"}]}),
    "DescribeImages": (400, {"__type": "ImageNotFoundException", "message": "no such image"}),
    "GetAuthorizationToken": (
        200,
        {
            "authorizationData": [
                {
                    "authorizationToken": base64.b64encode(b"AWS:for-pushes").decode(),
                    "proxyEndpoint": f"https://{REGISTRY}",
                }
            ]
        },
    ),
}

# https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
_STS = {
    "GetCallerIdentity": "<Account>111111111111</Account><Arn>arn:aws:iam::111111111111:user/u"
    "</Arn><UserId>u</UserId>",
    "AssumeRole": "<Credentials><AccessKeyId>AKIDEXAMPLE</AccessKeyId><SecretAccessKey>example"
    "</SecretAccessKey><SessionToken>example</SessionToken><Expiration>2100-01-01T00:00:00Z"
    "</Expiration></Credentials>",
}


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Answer one call; an unknown one is a failure that the client shows."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        if target:
            status, answer = _ECR[target]
            self._answer(status, "application/x-amz-json-1.1", json.dumps(answer))
            return
        [action] = parse_qs(body)["Action"]
        result = f"<{action}Result>{_STS[action]}</{action}Result>"
        space = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'
        text = f"<{action}Response {space}>{result}</{action}Response>"
        self._answer(200, "text/xml", text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's)
        """Say nothing."""

    def _answer(self, status: int, kind: str, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())


@contextmanager
def aws_stub() -> Iterator[str]:
    """Serve for as long as the context lasts.

    Yields:
        The address, for ``AWS_ENDPOINT_URL``.
    """
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
