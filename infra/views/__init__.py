"""The views in PostgreSQL: stored, fed, rebuilt and asked. Holds tokens, never a key."""
