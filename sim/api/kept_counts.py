"""Counts of a run beside its tables: what joins it, once it is saved and read, to other draws.

Tables have some of what was counted, and most of that added up over draws. A run directory keeps
the rest in one file, `counts.npz`: less than a table of its paths, and nothing that could be run.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from sim.experiment.runs import RunOutput
from sim.results.count_files import from_bytes, to_bytes
from sim.results.counting import Accumulator

if TYPE_CHECKING:
    from sim.api.sourced import SourcedTables


def counts_of(output: RunOutput | None) -> bytes | None:
    """The counts of a run to be saved; None of one that was solved, or whose counts are gone."""
    if output is None or not isinstance(output.found, Accumulator):
        return None
    found, about = output.found, output.provenance
    # counts of no draw have no shape to be read back in
    if not found.draws:
        return None
    part = found.counted(about.span, range(found.paths))
    more = {
        "values": output.values,
        # as texts, not objects: NumPy would pickle objects, and reading them could run anything
        "graded": np.array(list(output.grades), np.str_),
        "grades": np.array(list(output.grades.values()), np.str_),
    }
    return to_bytes(part, more, compressed=True)


def output_of(run: SourcedTables) -> RunOutput | None:
    """What a run left: in this session, or read with its tables; None where there are no counts."""
    if run.output is not None or run.counts is None:
        return run.output
    with np.load(BytesIO(run.counts), allow_pickle=False) as file:
        values = file["values"]
        grades = dict(zip(file["graded"].tolist(), file["grades"].tolist(), strict=True))
    model, about = run.model, run.provenance
    found = Accumulator(model, paths=about.paths, keep=run.paths is not None)
    found.take(from_bytes(run.counts))
    return RunOutput(model=model, found=found, values=values, provenance=about, grades=grades)
