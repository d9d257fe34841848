"""Why there is no broker here; the message names the command that brings one."""


class BrokerUnavailable(Exception):  # noqa: N818 - pairs with EmbeddedUnavailable
    """Java, Maven or a jar is missing, or the broker did not start."""
