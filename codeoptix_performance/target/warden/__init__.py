"""The warden: a program of its own that starts, watches and ends one app's processes.

It runs beside the evaluating process, as ``main`` describes, on the standard library alone.
"""
