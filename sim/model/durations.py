"""Units of time stand in `sim.formatting`, below the model."""

from sim.formatting import DAY as DAY
from sim.formatting import SECONDS as SECONDS
from sim.formatting import duration_in_words as duration_in_words
