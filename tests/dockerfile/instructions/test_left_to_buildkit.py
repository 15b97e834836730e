"""The values of flags, ports, signals and directives that BuildKit takes, and refuses."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from cdk_ecr_public_pull.dockerfile.pulls import DockerfileError, find_pulls
from tests.dockerfile.support import check_unchanged


class Row(NamedTuple):
    """What follows ``FROM scratch AS b``, the refused column of its line, and the cause."""

    text: str
    column: int
    message: str


HEX = "ab" * 32
BAD_MODE = "invalid chmod parameter: '{}'. it should be octal string and between 0 and 07777"
BAD_SYMBOLS = "invalid chmod parameter: '{}'. it should be octal, or symbolic such as u=rwX,go=rX"
NO_PORT = 'invalid port: "{}": no port specified'
RANGES = "invalid ranges specified for container and host Ports: {} and {}"
TOO_SHORT = 'Interval "{}" cannot be less than 1ms'
NO_URL = "source can't be a URL for COPY"
NO_GIT = "source can't be a git ref for COPY"
EMPTY_VOLUME = "VOLUME specified can not be an empty string"
UNSUPPORTED = 'failed to process "${A!}": unsupported modifier (!) in substitution'
MULTIPLE = "checksum can't be specified for multiple sources"
MISSING = "checksum requires HTTP(S) or Git sources"
BAD_DIGEST = "invalid checksum digest format"

REFUSED = [
    Row("HEALTHCHECK --interval=999us CMD a", 24, TOO_SHORT.format("interval")),
    Row("HEALTHCHECK --interval=-1s CMD a", 24, TOO_SHORT.format("interval")),
    Row("HEALTHCHECK --timeout=1ns CMD a", 23, TOO_SHORT.format("timeout")),
    Row("HEALTHCHECK --start-period=0.9ms CMD a", 28, TOO_SHORT.format("start-period")),
    Row("HEALTHCHECK --start-interval=-0.5h CMD a", 30, TOO_SHORT.format("start-interval")),
    Row("HEALTHCHECK --interval=5 CMD a", 24, 'invalid value "5" for --interval'),
    Row("HEALTHCHECK --interval=00 CMD a", 24, 'invalid value "00" for --interval'),
    Row("HEALTHCHECK --interval=1s0 CMD a", 24, 'invalid value "1s0" for --interval'),
    Row("HEALTHCHECK --interval=. CMD a", 24, 'invalid value "." for --interval'),
    Row("HEALTHCHECK --interval=.s CMD a", 24, 'invalid value ".s" for --interval'),
    Row("HEALTHCHECK --interval=1S CMD a", 24, 'invalid value "1S" for --interval'),
    Row("HEALTHCHECK --interval=1_0s CMD a", 24, 'invalid value "1_0s" for --interval'),
    Row("HEALTHCHECK --interval=$A CMD a", 24, 'invalid value "$A" for --interval'),
    Row("HEALTHCHECK --interval=2562048h CMD a", 24, 'invalid value "2562048h" for --interval'),
    Row("HEALTHCHECK --retries=-1 CMD a", 23, "--retries cannot be negative (-1)"),
    Row("HEALTHCHECK --retries=1_0 CMD a", 23, 'invalid value "1_0" for --retries'),
    Row("HEALTHCHECK --retries=0x1 CMD a", 23, 'invalid value "0x1" for --retries'),
    Row("HEALTHCHECK --retries=1.0 CMD a", 23, 'invalid value "1.0" for --retries'),
    Row("HEALTHCHECK --retries=' 1' CMD a", 24, 'invalid value " 1" for --retries'),
    Row("HEALTHCHECK --retries=2147483648 CMD a", 23, 'invalid value "2147483648" for --retries'),
    Row("EXPOSE abc", 8, "invalid containerPort: abc"),
    Row("EXPOSE 80 99999", 11, "invalid containerPort: 99999"),
    Row("EXPOSE 65536", 8, "invalid containerPort: 65536"),
    Row("EXPOSE -1", 8, "invalid containerPort: -1"),
    Row("EXPOSE 90-80", 8, "invalid containerPort: 90-80"),
    Row("EXPOSE 80-", 8, "invalid containerPort: 80-"),
    Row("EXPOSE 1-2-3", 8, "invalid containerPort: 1-2-3"),
    Row("EXPOSE 8_0", 8, "invalid containerPort: 8_0"),
    Row("EXPOSE $", 8, "invalid containerPort: $"),
    Row("EXPOSE \\$A", 8, "invalid containerPort: $A"),
    Row("EXPOSE '80,81'", 8, "invalid containerPort: 80,81"),
    Row("EXPOSE 80 # web", 11, "invalid containerPort: #"),
    Row("EXPOSE 80/http", 8, 'invalid port: "80/http": invalid proto: http'),
    Row("EXPOSE 80/tcp/udp", 8, 'invalid port: "80/tcp/udp": invalid proto: tcp/udp'),
    Row("EXPOSE /tcp", 8, NO_PORT.format("/tcp")),
    Row("EXPOSE 80:", 8, NO_PORT.format("80:")),
    Row("EXPOSE x:80", 8, "invalid hostPort: x"),
    Row("EXPOSE 1-2:3-5", 8, RANGES.format("3-5", "1-2")),
    Row("EXPOSE localhost:80:80", 8, "invalid IP address: localhost"),
    Row("EXPOSE 1.2.3.04:80:80", 8, "invalid IP address: 1.2.3.04"),
    Row("EXPOSE [::1:80:80", 8, "invalid IP address: [::1"),
    Row("EXPOSE [fe80::1%eth0]:80:80", 8, "invalid IP address: [fe80::1%eth0]"),
    Row("STOPSIGNAL 0", 12, "invalid signal: 0"),
    Row("STOPSIGNAL -0", 12, "invalid signal: -0"),
    Row("STOPSIGNAL SIGNIX", 12, "invalid signal: SIGNIX"),
    Row("STOPSIGNAL SIGSIGTERM", 12, "invalid signal: SIGSIGTERM"),
    Row("STOPSIGNAL SIGRTMIN+16", 12, "invalid signal: SIGRTMIN+16"),
    Row("STOPSIGNAL SIGTERM # c", 12, "invalid signal: SIGTERM # c"),
    Row("STOPSIGNAL ''", 12, "invalid signal: "),
    Row("STOPSIGNAL 99999999999999999999", 12, "invalid signal: 99999999999999999999"),
    Row("STOPSIGNAL ${A!}", 15, UNSUPPORTED),
    Row("VOLUME a ''", 10, EMPTY_VOLUME),
    Row("VOLUME [\"''\"]", 8, EMPTY_VOLUME),
    Row('VOLUME ["${A!}"]', 8, UNSUPPORTED),
    Row("COPY --chmod=8 a b", 14, BAD_MODE.format("8")),
    Row("COPY --chmod=0o755 a b", 14, BAD_MODE.format("0o755")),
    Row("COPY --chmod=10000 a b", 14, BAD_MODE.format("10000")),
    Row("COPY --chmod=7_0 a b", 14, BAD_MODE.format("7_0")),
    Row("COPY --chmod=-1 a b", 14, BAD_SYMBOLS.format("-1")),
    Row("COPY --chmod=u a b", 14, BAD_SYMBOLS.format("u")),
    Row("COPY --chmod=u+x, a b", 14, BAD_SYMBOLS.format("u+x,")),
    Row("COPY --chmod=u+q a b", 14, BAD_SYMBOLS.format("u+q")),
    Row("COPY --chmod=rwx a b", 14, BAD_SYMBOLS.format("rwx")),
    Row("ADD --chmod=888 a b", 13, BAD_MODE.format("888")),
    Row("COPY --chmod=${A a b", 16, "failed to process \"${A\": syntax error: missing '}'"),
    Row("COPY https://example.org/a b", 6, NO_URL),
    Row("COPY a http://example.org/a.git b", 8, NO_URL),
    Row("COPY --from=nginx https://example.org/a b", 19, NO_URL),
    Row('COPY ["https://example.org/a", "b"]', 6, NO_URL),
    Row("COPY git@example.org:a/b.git c", 6, NO_GIT),
    Row("COPY ssh://example.org/a b", 6, NO_GIT),
    Row('COPY ["${A!}", "b"]', 6, UNSUPPORTED),
    Row(f"ADD --checksum=sha256:{HEX} a b", 16, MISSING),
    Row(f"ADD --checksum=sha256:{HEX} https://a/b https://a/c d", 16, MULTIPLE),
    Row(f"ADD --checksum=sha256:{HEX} <<E b\nE", 16, MULTIPLE),
    Row(f"ADD --checksum={HEX} https://a/b c", 16, BAD_DIGEST),
    Row("ADD --checksum=sha256:00 https://a/b c", 16, BAD_DIGEST),
    Row(f"ADD --checksum=sha256:{HEX.upper()} https://a/b c", 16, BAD_DIGEST),
    Row(f"ADD --checksum=md5:{HEX[:32]} https://a/b c", 16, "unsupported digest algorithm"),
    Row("RUN --mount=type=cache,target=${A!} ls", 34, UNSUPPORTED),
    Row("RUN --mount=target=${A!} --mount=target=$B ls", 23, UNSUPPORTED),
    Row("RUN --device= ls", 1, "failed to parse csv devices: EOF"),
    Row("RUN --device=a=b,c ls", 14, "invalid field 'c' must be a key=value pair"),
    Row("RUN --device=a,b=c ls", 14, "unexpected key 'b' in 'b=c'"),
    Row("RUN --device=a,name=b ls", 14, "device name already set to a"),
    Row("RUN --device=a,required=yes ls", 14, "invalid value for required: yes"),
    Row("ONBUILD EXPOSE x\nFROM b", 16, "invalid containerPort: x"),
]


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row.text)
def test_refused(row: Row) -> None:
    """A value that BuildKit refuses is refused at its place, and nothing is changed."""
    content = f"FROM scratch AS b\n{row.text}\n".encode()
    expected = DockerfileError(message=row.message, line=2, column=row.column)
    assert find_pulls(content).error == expected
    check_unchanged(content, "invalid-dockerfile")


ACCEPTED = [
    "HEALTHCHECK --interval=0 --timeout=-0 --start-period=0s --start-interval=+0 CMD a",
    "HEALTHCHECK --interval=1ms --timeout=1000us --start-period=.001s CMD a",
    "HEALTHCHECK --interval=1000000ns --timeout=1000µs --start-period=1000μs CMD a",
    "HEALTHCHECK --interval=1.s --timeout=0.0010000000000000000000000000s CMD a",
    "HEALTHCHECK --interval=2562047h47m16.854775807s CMD a",
    "HEALTHCHECK --interval='1m' --timeout=\\1s CMD a",
    "HEALTHCHECK --retries=-0 CMD a",
    "HEALTHCHECK --retries=0 CMD a",
    "HEALTHCHECK --retries=+1 CMD a",
    "HEALTHCHECK --retries=007 CMD a",
    "HEALTHCHECK --retries=2147483647 CMD a",
    "EXPOSE 0 65535 +80 080",
    "EXPOSE 80/tcp 80/UDP 80/sctp 80/",
    "EXPOSE 80-90/tcp 80-80 x$A $A/foo",
    "EXPOSE '80' \"81\" '' 8\\0",
    "EXPOSE 8080:80 8000-9000:80 1-2:3-4 :80",
    "EXPOSE 127.0.0.1:80:80 ::80 [::1]:80:80 ::1:80:80 []:80:80",
    "EXPOSE ::ffff:1.2.3.4:80:80",
    "EXPOSE 80\u00a081",
    "STOPSIGNAL 9",
    "STOPSIGNAL +64",
    "STOPSIGNAL -1",
    "STOPSIGNAL 999",
    "STOPSIGNAL sigterm",
    "STOPSIGNAL RTMAX-14",
    "STOPSIGNAL 'SIGRTMIN+3'",
    "STOPSIGNAL $S",
    "STOPSIGNAL --x SIGTERM",
    "VOLUME $A",
    'VOLUME ["$A"]',
    "COPY --chmod=07777 a b",
    "COPY --chmod= a b",
    "COPY --chmod=00000000755 a b",
    "COPY --chmod=u=rwX,go=rX a b",
    "COPY --chmod=+x,g=u a b",
    "COPY --chmod=a=,-rwxst+u a b",
    "COPY --chmod=$M a b",
    "COPY a:b https://$A/ c",
    "COPY HTTP://a ./http://b c",
    "COPY user@host c",
    "ADD https://example.org/a.git git@example.org:a/b.git c",
    f"ADD --checksum=sha256:{HEX} https://example.org/a b",
    f"ADD --checksum=sha512:{HEX * 2} https://example.org/a b",
    f"ADD --checksum=$SUM {HEX} b",
    "ADD --checksum=ab12 https://github.com/a/b.git c",
    "ADD --checksum=ab12 git@github.com:a/b.git c",
    "ADD --checksum=ab12 $URL c",
    "ADD --keep-git-dir --checksum=ab12 https://example.org/a b",
    "ADD --checksum= a b",
    "RUN --device=vendor.com/class=name,required ls",
    "RUN --device=required,name=a ls",
    "RUN --device=a,required=F ls",
    "RUN --mount=type=tmpfs,target=/x,size=1.5KiB ls",
    "ONBUILD EXPOSE x",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_accepted(text: str) -> None:
    """A value that looks odd but builds is not refused, nor is one that only the build tells."""
    assert find_pulls(f"FROM scratch AS b\n{text}\n".encode()).error is None


CHECKS = {
    "skip=all": None,
    "skip=A,B;error=true": None,
    "experimental=all;skip=A;error=F": None,
    "skip=all; error=true": 'invalid check option ""',
    "foo": 'invalid check option "foo"',
    "foo=bar": 'invalid check option "foo"',
    "Skip=all": 'invalid check option "Skip"',
    "skip=A;": 'invalid check option ""',
    "error=yes": 'failed to parse check option "error=yes": it is neither true nor false',
    "skip=A;skip=B;error=true;x": (
        'failed to parse check option "error=true;x": it is neither true nor false'
    ),
}


@pytest.mark.parametrize(("options", "cause"), CHECKS.items())
def test_check_directive(options: str, cause: str | None) -> None:
    """An option of ``# check=`` that BuildKit does not know is refused at its value."""
    content = f"# check={options}\nFROM scratch\n".encode()
    message = f"failed to parse check options: {cause}"
    error = DockerfileError(message=message, line=1, column=9) if cause else None
    assert find_pulls(content).error == error


@pytest.mark.parametrize(("options", "cause"), CHECKS.items())
def test_check_argument(options: str, cause: str | None) -> None:
    """The build argument stands for the directive, which then is not looked at."""
    given = {"BUILDKIT_DOCKERFILE_CHECK": options.replace("; ", ";;")}
    message = f"failed to parse build-arg:BUILDKIT_DOCKERFILE_CHECK: {cause}"
    error = DockerfileError(message=message, line=1, column=1) if cause else None
    assert find_pulls(b"# check=foo\nFROM scratch\n", build_args=given).error == error


NO_DIRECTIVES = [
    b"\n# check=foo\nFROM scratch\n",
    b" # check=foo\nFROM scratch\n",
    b"# a\n# check=foo\nFROM scratch\n",
    b"FROM scratch\n# check=foo\nRUN a\n",
]


@pytest.mark.parametrize("content", NO_DIRECTIVES)
def test_check_comment(content: bytes) -> None:
    """What is no directive may say what it likes."""
    assert find_pulls(content).error is None


def test_unreached_stages() -> None:
    """With a target, what the other stages run is not looked at."""
    content = b"FROM scratch AS a\nEXPOSE x\nFROM scratch AS b\n"
    assert find_pulls(content, target="b").error is None
    assert find_pulls(content, target="a").error is not None


def test_given_defaults() -> None:
    """The default of an ARG that the build gives is not looked at."""
    content = b"FROM scratch\nARG A=${B!}\n"
    assert find_pulls(content, build_args={"A": ""}).error is None
    assert find_pulls(content).error is not None


LONG = {
    "a fraction": (f"HEALTHCHECK --interval=0.001{'0' * 5000}s CMD a", True),
    "a duration": (f"HEALTHCHECK --interval={'9' * 5000}s CMD a", False),
    "leading zeros": (f"HEALTHCHECK --interval={'0' * 5000}1s --retries={'0' * 5000}1 CMD a", True),
    "an integer": (f"HEALTHCHECK --retries={'9' * 5000} CMD a", False),
    "a port": (f"EXPOSE {'0' * 5000}80 {'9' * 5000}", False),
    "a signal": (f"STOPSIGNAL {'9' * 5000}", False),
    "an owner": (f"RUN --mount=type=cache,uid={'9' * 5000} ls", False),
    "a mode": (f"COPY --chmod={'0' * 5000}755 a b", True),
}


@pytest.mark.parametrize(("text", "is_accepted"), LONG.values(), ids=LONG.keys())
def test_long_numbers(text: str, *, is_accepted: bool) -> None:
    """A number of any length is read, or refused like another."""
    error = find_pulls(f"FROM scratch\n{text}\n".encode()).error
    assert (error is None) is is_accepted
