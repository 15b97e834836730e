"""Registries as clients see them: tokens, limits and faults before a docker-registry."""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from tests.engine.https import Answer, Request

HUB_LIMIT = (
    "You have reached your pull rate limit. You may increase the limit by authenticating and"
    " upgrading: https://www.docker.com/increase-rate-limit"
)


class Fault(StrEnum):
    """What can be wrong with public.ecr.aws."""

    EXPIRED_LOGIN = "expired login"
    """Whoever shows a login gets 403, also where none is needed."""
    THROTTLED = "throttled"
    """Who asks for a token gets 429."""
    THROTTLED_PULL = "throttled pull"
    """Builds that ask for a manifest get 429."""
    SLOW = "slow"
    """Every request takes a second longer."""
    CUT_LAYER = "cut layer"
    """The connection breaks in the middle of a layer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A request that a registry got, and what became of it.

    Attributes:
        method: The HTTP method.
        path: The path, without the query.
        login: Whether the client had logged in.
        status: The answer's status.
        client: How the client calls itself.
    """

    method: str
    path: str
    login: bool
    status: int
    client: str

    @property
    def is_pull(self) -> bool:
        """Whether it asks for an image, or for a part of one."""
        return "/manifests/" in self.path or "/blobs/" in self.path

    @property
    def is_build(self) -> bool:
        """Whether it comes from a builder, and not from the probe for the mirror, which is curl."""
        return not is_probe(self.client)


@dataclass(kw_only=True)
class Registry:
    """A registry's front: it hands out tokens, and passes on what it lets through.

    Attributes:
        host: Its name.
        backend: The port of the docker-registry behind it.
        auth_path: Where on this host tokens are.
        auth_host: The host whose ``auth_path`` clients are sent to.
        folder: What the repositories' names have before them in the backend.
        passwords: The passwords that it takes, whoever the user is.
        members_only: The repositories that it gives to clients with a login alone.
        shown: The credentials that clients have shown, as ``USER:PASSWORD``, and the tokens.
        pulls_left: How many manifests it gives builds before it answers 429; None for any number.
        pulls_a_second: How many it gives them in a second; None for any number.
        limit: What it says with 429.
        missing: The beginnings of paths, without ``/v2/``, at which it has nothing.
    """

    host: str
    backend: int
    auth_path: str
    auth_host: str
    folder: str = ""
    passwords: set[str] = field(default_factory=set)
    members_only: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)
    pulls_left: int | None = None
    pulls_a_second: int | None = None
    limit: str = "Rate exceeded"
    missing: set[str] = field(default_factory=set)
    seen: list[Seen] = field(default_factory=list)
    _faults: dict[Fault, int] = field(default_factory=dict)
    _tokens: dict[str, bool] = field(default_factory=dict)
    _pulls: deque[float] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(self, fault: Fault, *, times: int = 1_000_000) -> None:
        """Be at fault, for a number of requests that the fault concerns."""
        self._faults[fault] = times

    def reset(self) -> None:
        """Forget all requests, faults, limits and logins.

        Tokens stay good: BuildKit keeps its own from one build to the next.
        """
        self.seen.clear()
        self._faults.clear()
        self._pulls.clear()
        for known in (self.passwords, self.members_only, self.shown, self.missing):
            known.clear()
        self.pulls_left = self.pulls_a_second = None

    @property
    def pulls(self) -> list[Seen]:
        """The requests that asked for images."""
        return [seen for seen in self.seen if seen.is_pull]

    @property
    def anonymous_pulls(self) -> list[Seen]:
        """What it gave to builders that had not logged in."""
        return [
            seen
            for seen in self.pulls
            if (seen.status, seen.login) == (200, False) and seen.is_build
        ]

    @property
    def pushed(self) -> list[str]:
        """The tags that it got, as ``REPOSITORY:TAG``.

        An engine with containerd's image store pushes an index, and what is in it by digest.
        """
        return [
            seen.path.removeprefix("/v2/").replace("/manifests/", ":")
            for seen in self.seen
            if seen.method == "PUT"
            and "/manifests/" in seen.path
            and "/sha256:" not in seen.path
            and seen.status == 201
        ]

    @property
    def images(self) -> set[str]:
        """The images that were asked for by name, as ``REPOSITORY:TAG``."""
        return {
            seen.path.removeprefix("/v2/").replace("/manifests/", ":")
            for seen in self.seen
            if "/manifests/" in seen.path and "/sha256:" not in seen.path
        }

    def answer(self, request: Request) -> Answer:
        """Answer a request, and keep what it was."""
        with self._lock:
            answer, login = self._answer_at_rim(request)
        if answer is None:
            answer = self._passed_on(request)
        with self._lock:
            self.seen.append(
                Seen(
                    method=request.method,
                    path=request.path,
                    login=login,
                    status=answer.status,
                    client=_client(request),
                )
            )
        return answer

    def _answer_at_rim(self, request: Request) -> tuple[Answer | None, bool]:
        """The answer unless the backend has it, and whether the client had logged in."""
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        if value:
            self.shown.add(base64.b64decode(value).decode() if kind == "Basic" else value)
        if self._is_at(Fault.SLOW):
            time.sleep(1)
        if request.path == self.auth_path and request.method != "GET":
            # Clients try OAuth first.
            return _error(405, "UNSUPPORTED", "The operation is unsupported."), False
        if request.path == self.auth_path:
            return self._token(value if kind == "Basic" else None)
        if kind != "Bearer" or value not in self._tokens:
            return self._challenge(request), False
        login = self._tokens[value]
        if not login and any(f"/v2/{name}/" in request.path for name in self.members_only):
            return self._challenge(request), False
        is_counted = "/manifests/" in request.path and not is_probe(_client(request))
        if is_counted and (self._is_at(Fault.THROTTLED_PULL) or self._is_over()):
            return _error(429, "TOOMANYREQUESTS", self.limit), login
        if any(f"{name}/" in f"{request.path}/" for name in self.missing):
            return _error(404, "NAME_UNKNOWN", "The repository does not exist"), login
        return None, login

    def _token(self, basic: str | None) -> tuple[Answer, bool]:
        if basic is not None:
            password = base64.b64decode(basic).decode().partition(":")[2]
            if self._is_at(Fault.EXPIRED_LOGIN):
                message = "Your authorization token has expired. Reauthenticate and try again."
                return _error(403, "DENIED", message), True
            if password not in self.passwords:
                return _error(401, "UNAUTHORIZED", "authentication required"), True
        if self._is_at(Fault.THROTTLED):
            return _error(429, "TOOMANYREQUESTS", self.limit), basic is not None
        token = secrets.token_urlsafe()
        self._tokens[token] = basic is not None
        body = json.dumps({"token": token, "access_token": token, "expires_in": 3600}).encode()
        headers = {"Content-Type": "application/json"}
        return Answer(status=200, headers=headers, body=body), basic is not None

    def _challenge(self, request: Request) -> Answer:
        scope = ""
        if request.path != "/v2/":
            repository = request.path.removeprefix("/v2/").rpartition("/")[0].rpartition("/")[0]
            scope = f',scope="repository:{repository}:pull"'
        realm = f'Bearer realm="https://{self.auth_host}{self.auth_path}",service="{self.host}"'
        answer = _error(401, "UNAUTHORIZED", "authentication required")
        headers = {**answer.headers, "WWW-Authenticate": f"{realm}{scope}"}
        return Answer(status=401, headers=headers, body=answer.body)

    def _is_at(self, fault: Fault) -> bool:
        left = self._faults.get(fault, 0)
        self._faults[fault] = max(left - 1, 0)
        return left > 0

    def _is_over(self) -> bool:
        if self.pulls_left is not None:
            self.pulls_left -= 1
            return self.pulls_left < 0
        if self.pulls_a_second is None:
            return False
        now = time.monotonic()
        while self._pulls and self._pulls[0] <= now - 1:
            self._pulls.popleft()
        if len(self._pulls) >= self.pulls_a_second:
            return True
        self._pulls.append(now)
        return False

    def _passed_on(self, request: Request) -> Answer:
        path = request.path
        if path != "/v2/" and self.folder:
            path = f"/v2/{self.folder}{path.removeprefix('/v2/')}"
        connection = http.client.HTTPConnection("127.0.0.1", self.backend, timeout=30)
        try:
            query = f"?{request.query}" if request.query else ""
            headers = {**dict(_kept(request)), "X-Forwarded-Proto": "https"}
            connection.request(request.method, f"{path}{query}", request.body, headers)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        answered = {
            name: value
            for name, value in response.getheaders()
            if name.lower() not in {"connection", "date", "transfer-encoding"}
        }
        cut = None
        if "/blobs/sha256:" in path and request.method == "GET":
            with self._lock:
                cut = len(body) // 2 if self._is_at(Fault.CUT_LAYER) else None
        return Answer(status=response.status, headers=answered, body=body, cut_after=cut)


def is_probe(client: str) -> bool:
    """Whether a client, as it calls itself, is what asks whether a mirror would be served."""
    return client.startswith("curl/")


def _client(request: Request) -> str:
    return request.headers.get("user-agent", "")


def _kept(request: Request) -> Iterator[tuple[str, str]]:
    for name, value in request.headers.items():
        if name in {"accept", "content-range", "content-type", "range", "host"}:
            yield name, value


def _error(status: int, code: str, message: str) -> Answer:
    body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
    return Answer(status=status, headers={"Content-Type": "application/json"}, body=body)
