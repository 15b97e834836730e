"""A stub of the ECR Public API: GetAuthorizationToken, as the AWS CLI asks for it."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum

from tests.engine.https import Answer, Request

LOGIN_REGIONS = ("us-west-2", "us-east-1")


class Mood(StrEnum):
    """How a region answers."""

    SERVE = "serve"
    REFUSE = "refuse"
    """As a region that has the endpoint, but not the command."""
    THROTTLE = "throttle"
    DENY = "deny"
    """As to a role that lacks the second of the two actions."""


_ERRORS = {
    Mood.REFUSE: (
        "UnsupportedCommandException",
        "GetAuthorizationToken command is only supported in us-east-1.",
    ),
    Mood.THROTTLE: ("ThrottlingException", "Rate exceeded"),
    Mood.DENY: (
        "AccessDeniedException",
        (
            "User: arn:aws:sts::123456789012:assumed-role/build is not authorized to perform:"
            " sts:GetServiceBearerToken on resource: *"
        ),
    ),
}


@dataclass(kw_only=True)
class EcrPublicApi:
    """The API in its two regions.

    Attributes:
        passwords: Where the passwords that it gives become known.
        calls: The regions that were asked, in order.
        given: All passwords that it has given, and the tokens around them.
    """

    passwords: set[str]
    calls: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    _moods: dict[str, tuple[Mood, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def set_mood(self, region: str, mood: Mood, *, times: int = 1_000_000) -> None:
        """Answer otherwise in a region, for a number of calls."""
        self._moods[region] = (mood, times)

    def reset(self) -> None:
        """Serve in all regions, and forget all calls."""
        self._moods.clear()
        self.calls.clear()
        self.given.clear()

    def answer(self, request: Request) -> Answer:
        """Answer a call; the region is that of its signature."""
        scope = request.headers["authorization"].partition("Credential=")[2].split("/")
        region, service = scope[2], scope[3]
        action = request.headers["x-amz-target"].rpartition(".")[2]
        assert (service, action) == ("ecr-public", "GetAuthorizationToken")
        assert request.headers["host"] == host_of(region)
        with self._lock:
            self.calls.append(region)
            mood, left = self._moods.get(region, (Mood.SERVE, 0))
            self._moods[region] = (mood if left > 1 else Mood.SERVE, left - 1)
            if mood is not Mood.SERVE:
                return _error(*_ERRORS[mood])
            password = secrets.token_urlsafe(64)
            token = base64.b64encode(f"AWS:{password}".encode()).decode()
            self.passwords.add(password)
            self.given.extend([password, token])
        return _json(
            200,
            {"authorizationData": {"authorizationToken": token, "expiresAt": time.time() + 43200}},
        )


def host_of(region: str) -> str:
    """The host of the API in a region."""
    return f"api.ecr-public.{region}.amazonaws.com"


def _error(kind: str, message: str) -> Answer:
    return _json(400, {"__type": kind, "message": message})


def _json(status: int, value: object) -> Answer:
    headers = {"Content-Type": "application/x-amz-json-1.1"}
    return Answer(status=status, headers=headers, body=json.dumps(value).encode())
