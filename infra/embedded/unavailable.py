"""The one error of this room."""


class EmbeddedUnavailable(Exception):  # noqa: N818 - pairs with KeyUnavailable and LogUnavailable
    """The embedded PostgreSQL cannot run here; the message is one line that says why."""
