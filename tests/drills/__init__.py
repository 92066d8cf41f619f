"""Drills, `make drill`: many processes, faults on purpose, and a judge who holds what everybody has against the record.

`python -m tests.drills [DRILL…]`; `--help` lists them. Web processes, workers, the simulator and a Redis of their own
are started on a PostgreSQL database made for the run, and end with it. pytest runs a small selection (`test_drills`).
"""
