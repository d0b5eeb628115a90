"""Run the simulator: `python run_sim.py SCENARIO`."""
