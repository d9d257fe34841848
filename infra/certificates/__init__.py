"""Certificates of erasure: made from the journals, checked with nothing but a file."""
