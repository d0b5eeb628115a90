"""A cluster that Dask runs, as an executor: SLURM, Kubernetes and clouds by its deployers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.errors import RunError, UsageError
from sim.formatting import user_path

PATIENCE = 30  # seconds for a scheduler to answer, and for its first worker to come


@contextmanager
def cluster(address: str) -> Iterator[Any]:
    """A client of the scheduler at this address, or of the one whose scheduler file is named.

    Raises UsageError where Dask is not installed, or nobody answers there; RunError where workers
    die again and again over the same chunk, or the scheduler is lost.
    """
    try:
        from distributed import Client, KilledWorker
    except ImportError:
        raise UsageError(
            "--cluster: needs Dask, which is not installed; pip install 'escalation-sim[cluster]'"
        ) from None
    file = Path(user_path(address))
    where = {"scheduler_file": str(file)} if file.is_file() else {"address": address}
    try:
        client = Client(**where, timeout=PATIENCE)
    except (OSError, ValueError, TypeError) as error:
        said = str(error).partition("\n")[0]
        raise UsageError(f"--cluster: no scheduler answers at {address!r}: {said}") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise UsageError(f"--cluster: the scheduler at {address!r} has no worker") from None
        try:
            yield client
        except KilledWorker as error:
            raise RunError(
                f"a chunk was given up, since {error.allowed_failures + 1} workers died over it, "
                "perhaps for lack of memory; the last one was "
                f"{getattr(error.last_worker, 'address', error.last_worker)}"
            ) from None
