"""Bytes by published schemas: stored facts, upstream facts and the files they come in.

Nothing here holds a key, and no error text here repeats what the bytes say.
"""
