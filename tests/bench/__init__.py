"""The benchmark, `make bench`: the real server on one core, real sockets, the simulator as its provider.

`python -m tests.bench [PART…]`; `--help` lists the parts. pytest does not collect it. It leaves the project's own data
alone: everything happens in a temporary folder.
"""
