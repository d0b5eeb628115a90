"""What a run does unless told otherwise: the one place, cheap to import, for library and screen."""

ENGINE = "compiled"
DRAWS = 500  # parameter draws
PATHS = 200  # in each of them
SEED = 1
