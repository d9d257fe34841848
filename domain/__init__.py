"""What Glemmebok decides: facts, states and deciders, in the standard library's value types alone.

Nothing here reads a clock, a database or a key. A personal value appears only as a
:class:`domain.values.Sealed` token that this package cannot open.
"""
