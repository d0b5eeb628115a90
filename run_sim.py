"""Run the simulator: `python run_sim.py SCENARIO`."""

from sim.cli import main

if __name__ == "__main__":
    main()
