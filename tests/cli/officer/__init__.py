"""The privacy officer's commands."""
