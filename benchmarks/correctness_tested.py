"""Which tests hold each claim of docs/correctness.md, and with how many cases.

`proof` quotes the lines of the test file that make the number of cases true; a test of the page
looks for them, so that the page cannot promise more than the tests do.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class HeldBy:
    """One test that a claim rests on."""

    claim: str
    sentence: str
    cases: str
    place: str  # file::function, as pytest takes it
    proof: tuple[str, ...] = ()


def _of(claim: str, sentence: str, cases: str, place: str, *proof: str) -> HeldBy:
    return HeldBy(claim=claim, sentence=sentence, cases=cases, place=place, proof=proof)


TESTED = (
    _of("engines", "every shipped scenario and the corpus, events to the last bit",
        "2 draws × 12 paths each", "test_equality.py::test_engines_agree_on_a_scenario",
        "paths = LONG.get(file.stem, 12)", "draws=2 if paths > 1 else 1"),
    _of("engines", "random scenarios", "200 × 2 draws × 5 paths",
        "test_equality.py::test_engines_agree_on_random_scenarios", "max_examples=200",
        "@given(documents())"),
    _of("engines", "1, 2 and 5 threads, pieces of 1, 7 and 4,096 paths (compiled engine)",
        "9 combinations × 100 paths",
        "test_equality.py::test_paths_do_not_depend_on_threads_blocks_or_pieces",
        '"threads", [1, 2, 5]', "[(1, 1), (7, 2), (4096, 64)]"),
    _of("engines", "a third implementation of the rules, that shares no code",
        "40 random scenarios × 5 paths, each engine",
        "test_interpreter.py::test_an_independent_reading_gives_the_same_paths",
        "worlds(0, 40)", "PATHS, SEED = 5"),
    _of("engines", "each rule broken on purpose: its test notices", "35 breaks",
        "test_rules_broken.py::test_a_broken_rule_is_noticed", "BROKEN"),
    _of("streams", "the published test vectors of Random123", "3, in Python and compiled",
        "test_streams.py::test_philox_gives_the_published_words", '"zero"', '"ones"', '"pi"'),
    _of("streams", "an independent implementation, bit for bit", "4,000 inputs",
        "test_streams.py::test_philox_equals_an_independent_implementation_bit_for_bit",
        "many_inputs(4_000, seed=3)"),
    _of("streams", "uniformity (χ²)", "100,000 words",
        "test_streams.py::test_uniforms_are_uniform", "n, cells = 100_000, 100"),
    _of("streams", "draws of two names are independent", "20,000 pairs",
        "test_streams.py::test_draws_of_two_names_are_independent", "n = 20_000"),
    _of("streams", "each hundred draws of a parameter meet each hundredth once", "3 blocks",
        "test_streams.py::test_every_block_of_a_hundred_draws_meets_each_stratum_once",
        '"number", [0, 1, 17]'),
    _of("delays", "inverse distribution functions against SciPy, tails to 1e-300, relative 1e-12",
        "6 distributions × 2,000 points",
        "test_delays.py::test_waits_are_scipys_over_the_whole_unit_interval",
        "def unit_interval(n=2_000)", "< 1e-12"),
    _of("delays", "compiled samplers equal Python's to the last bit", "13 delays × 4,000 points",
        "test_delays.py::test_compiled_waits_are_pythons_to_the_last_bit", "unit_interval(4_000)"),
    _of("delays", "in whole models, given guards, speeds and memory: integrated hazards",
        "680 paths, some 40,000 events, each engine",
        "test_hazards.py::test_waits_and_winners_are_those_of_the_model",
        "paths=170", "drawn(UNREST, 4)"),
    _of("delays", "the same on every shipped scenario", "4 draws × 25 paths, each engine",
        "test_hazards.py::test_shipped_scenarios_wait_as_they_say", "draws=4, paths=25"),
    _of("parameters", "quantiles against SciPy, tails included", "14 distributions",
        "test_parameters.py::test_quantiles_are_scipys_tails_included", "SCIPY = {"),
    _of("parameters", "`within` is the distribution given that it lies within", "4 distributions",
        "test_parameters.py::test_within_is_the_distribution_given_that_it_lies_within",
        "UNCUT = {"),
    _of("parameters", "means of stratified draws", "5 distributions × 2,000 draws",
        "test_parameters.py::test_stratified_draws_have_the_mean_of_the_closed_form",
        "range(2000)"),
    _of("exact", "closed forms: chains, ruin, births and deaths, competing risks, triggers, dates",
        "34 cases, within 1e-11", "test_exact.py::test_births_and_deaths", "TIGHT = 1e-11"),
    _of("exact", "Storm's stored answers, within 1e-9", "5 scenarios, 20 outcomes",
        "test_exact_corpus.py::test_our_answers_are_storms", "AGREE = 1e-9"),
    _of("exact", "Storm itself, run again on the PRISM export", "4 scenarios",
        "test_storm.py::test_storm_finds_what_is_stored",
        'SMALL = ("cascade", "gates", "island_exponential", "korean_cut")'),
    _of("sampled", "random scenarios made exponential, binomial tails",
        "60 scenarios × 10,000 paths, 2,000 in .ci/long",
        "test_exact_random.py::test_exact_agrees_with_sampling",
        "check_agreement(60", "PATHS = 10_000"),
    _of("sampled", "scenarios that Storm solved, both engines", "4 × 2,000 paths",
        "test_exact_corpus.py::test_sampling_agrees", "PATHS = 2_000"),
    _of("sampled", "theory without the exact engine: competing risks that are not "
        "exponential, ruin, interrupted work, changing speed", "2,000–6,000 paths, each engine",
        "test_rules_theory.py::test_competing_risks_with_other_than_exponential_delays", "6_000"),
    _of("intervals", "Wilson's interval against SciPy", "6 counts × 3 levels",
        "test_intervals.py::test_wilson_is_scipys", "[0.5, 0.9, 0.99]"),
    _of("intervals", "coverage, with and without correlation within draws", "2 × 2,000 runs",
        "test_intervals.py::test_nine_intervals_in_ten_hold_the_truth",
        "runs, draws, m, share = 2_000, 100, 20, 0.1"),
    _of("intervals", "paired differences", "1,000 runs",
        "test_run_twins.py::test_the_paired_interval_holds_the_truth_nine_times_in_ten",
        "range(1_000)"),
    _of("zeros", "what happened was called possible, both ways of proving", "50 random scenarios × "
        "5 draws × 40 paths", "test_exact_random.py::test_what_happens_was_called_possible",
        "max_examples=50", "ran(built, 5, 40)"),
    _of("zeros", "the fast proof never contradicts the exhaustive one", "225 small models",
        "test_reach.py::test_relaxed_is_sound_on_every_small_world", "(225 worlds)"),
    _of("twins", "equal until an intervention's day", "480 paths",
        "test_run_twins.py::test_twins_are_equal_up_to_the_first_moment_the_change_matters",
        "draws=8, paths=60"),
    _of("twins", "a void treaty changes only the paths that invoked it", "480 paths",
        "test_run_twins.py::test_voiding_a_treaty_never_invoked_changes_nothing",
        "draws=8, paths=60"),
    _of("twins", "removing a move leaves every path as it was until the move's first start",
        "50 paths of a model of 5 rules",
        "test_run.py::test_removing_one_move_leaves_every_path_unchanged_up_to_its_first_start",
        "range(50)"),
)  # fmt: skip
