"""run, compare, replay, rare: the one room where scenario, engine and seeds meet.

What comes out is counts and frames (`RunOutput` and its like); `sim.analysis` estimates from them,
and `sim.api` has the verbs that users call. `sim.experiment.plan` needs no pandas.
"""
