"""The exit statuses, which scripts may rely on."""

from __future__ import annotations

OK = 0
FOUND = 1
UNUSABLE = 2
# What a shell says of a program that a signal ended: 128 and the signal's number.
INTERRUPTED = 130
BROKEN_PIPE = 141
TERMINATED = 143
