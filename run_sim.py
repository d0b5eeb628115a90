"""Run the simulator: `python run_sim.py SCENARIO`."""

import sys

if __name__ == "__main__":
    try:
        from sim.cli import main

        main()
    except KeyboardInterrupt:  # before a command could answer it
        sys.exit(130)
