"""The embedded PostgreSQL: who may start it, who may enter, and what is left of it."""
