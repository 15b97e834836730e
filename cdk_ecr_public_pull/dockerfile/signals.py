"""The signals of STOPSIGNAL.

The rules are those of ``signal/signal.go`` in https://github.com/moby/sys, for Linux.
"""

from __future__ import annotations

from cdk_ecr_public_pull.dockerfile.go_values import parse_int

_NAMES = frozenset(
    """
    ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT
    STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX
    """.split()
)
_REALTIME = frozenset([f"RTMIN+{i}" for i in range(1, 16)] + [f"RTMAX-{i}" for i in range(1, 15)])


def refuse_signal(text: str) -> str | None:
    """Say why BuildKit refuses a signal.

    Args:
        text: The signal's number or name, expanded.

    Returns:
        The cause; None if it accepts the signal.
    """
    number = parse_int(text, bits=64)
    name = text.upper().removeprefix("SIG")
    is_known = name in _NAMES or name in _REALTIME if number is None else number != 0
    return None if is_known else f"invalid signal: {text}"
