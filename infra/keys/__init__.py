"""The room that holds key material: the keyring over its own database, and the restore gate.

Nothing outside this room imports ``cryptography`` or connects to the key database.
"""
