"""Work on files, one after the other or, if they are many, on all processors."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence

from cdk_ecr_public_pull.cli.file_result import FileResult, Work, attempt
from cdk_ecr_public_pull.cli.statuses import TERMINATED
from cdk_ecr_public_pull.discovery.dockerfiles import STDIN
from cdk_ecr_public_pull.errors import UnusableFile

# With fewer, starting processes takes longer than it saves.
MIN_FILES = 1_000
_FILES_PER_CHUNK = 32
# Chunks under way for each worker: enough to keep it busy, and few to keep in memory.
_CHUNKS_PER_WORKER = 4


def results_of(work: Work, names: Sequence[str]) -> Generator[FileResult]:
    """Work on files.

    Close the iterator (``close()``) if it is not used up: then no worker process is left,
    and every file is either done or untouched.

    Args:
        work: What to do with each file; it can be pickled.
        names: The files.

    Yields:
        What came of each file, in the order of the names.

    Raises:
        UnusableFile: A worker process was killed.
    """
    workers = _processors()
    if len(names) < MIN_FILES or workers == 1 or STDIN in names:
        yield from (attempt(work, name) for name in names)
    else:
        yield from _in_processes(work, names, workers)


def _in_processes(work: Work, names: Sequence[str], workers: int) -> Generator[FileResult]:
    import signal  # noqa: PLC0415  (slow to import, and a few files do without)
    from collections import deque  # noqa: PLC0415  (only the pool needs it)
    from concurrent.futures import Future, ProcessPoolExecutor  # noqa: PLC0415  (slow to import, as above)
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415  (slow to import, as above)

    old_handler = signal.signal(signal.SIGTERM, _terminate)
    pool = ProcessPoolExecutor(workers, initializer=_begin, initargs=(work,))
    pending: deque[Future[list[FileResult]]] = deque()
    try:
        for start in range(0, len(names), _FILES_PER_CHUNK):
            # A new process must not meet Ctrl-C before it has learned to leave it to this one.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            pending.append(pool.submit(_do, names[start : start + _FILES_PER_CHUNK]))
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            if len(pending) > workers * _CHUNKS_PER_WORKER:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()
    except BrokenProcessPool:
        raise UnusableFile(
            "a worker process was killed, so not all files were looked at.\n"
            "  help: see whether the machine ran out of memory, and run it again"
        ) from None
    finally:
        # A second Ctrl-C must not cut short the work on a file.
        old_interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
        pool.shutdown(cancel_futures=True)
        signal.signal(signal.SIGINT, old_interrupt)
        signal.signal(signal.SIGTERM, old_handler)


_work: Work


def _begin(work: Work) -> None:
    """Prepare a worker process."""
    global _work  # noqa: PLW0603  (sent once to each process, not with each chunk)
    _work = work
    import multiprocessing  # noqa: PLC0415  (a worker has imported it)
    import signal  # noqa: PLC0415  (slow to import, and a few files do without)
    import threading  # noqa: PLC0415  (a worker has imported it)

    # Ctrl-C goes to all processes of the terminal; the first one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: object) -> None:
    """End this worker when the first process is gone, killed perhaps: it waits for work."""
    import signal  # noqa: PLC0415  (a worker has imported it)
    import threading  # noqa: PLC0415  (a worker has imported it)

    parent.join()  # type: ignore[attr-defined]  # multiprocessing's type is private
    # To the thread that works, which puts it off while it replaces a file.
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)


def _do(names: Sequence[str]) -> list[FileResult]:
    return [attempt(_work, name) for name in names]


def _terminate(*_: object) -> None:
    raise SystemExit(TERMINATED)


def _processors() -> int:
    # A container may be held to fewer than the machine has.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
