"""The demonstration: five agencies' feeds go in, a board comes out, one person is forgotten.

It runs in a house of its own below the home, made anew each time, and computes its own proof: what
it claims is what it counted on this machine in this run. With key destruction disabled it fails.
"""
