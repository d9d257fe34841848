"""Tests of the domain: what is decided, and that nothing personal is printed."""
