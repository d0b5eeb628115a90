"""Every variant and intervention of the Korean clash, as the suite asks of the clash alone."""

from pathlib import Path

import pytest
from korea import VARIANTS, loaded
from test_annex import test_annex_machine_form_replay_and_run_agree_on_every_number as annex_agrees
from test_machine_form import read_back_under
from test_machine_form import test_a_file_resolves_to_a_form_that_is_the_same_model as form_is_same


@pytest.mark.parametrize("file", VARIANTS, ids=lambda file: file.stem)
def test_the_annex_and_the_machine_form_of_a_variant_agree(file: Path, tmp_path: Path) -> None:
    """Every number under every intervention; the model read back, event for event."""
    assert loaded(file.stem).resolved() != loaded("korean_clash").resolved()  # another model
    annex_agrees(file.stem)
    form_is_same(file, tmp_path)


def test_the_machine_form_under_every_intervention(tmp_path: Path) -> None:
    """Each of the Korean clash is read back as it was."""
    read_back_under(list(loaded("korean_clash").interventions), tmp_path)
