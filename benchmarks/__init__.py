"""This load generator measured beside its peers; see docs/benchmarks.md.

Each bench is one file with one record per row of its table; ``tools`` drives the load generators
as processes of their own, ``servers`` answers them.
"""
