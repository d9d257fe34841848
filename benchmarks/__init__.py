"""The figures of DESIGN §7: each measured beside its reference, in one run, on durable storage.

Run with ``python -m benchmarks``. A measurement is the median of the rounds; one more round goes
first and is thrown away. Nothing here is a test: a slow machine fails nothing.
"""
