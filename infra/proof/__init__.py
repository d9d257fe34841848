"""Proofs over real bytes: plaintext is nowhere, and an erased person's tokens open nowhere."""
