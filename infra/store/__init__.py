"""The event database: the append-only log, and the tables committed with it.

Everything personal that arrives here is already sealed; this room holds no key and imports no
cryptography.
"""
