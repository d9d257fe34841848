"""How Kafka fails here, without the client library: what a command needs to end well."""


class ClusterUnavailable(Exception):  # noqa: N818 - pairs with LogUnavailable
    """No broker answers. The message names neither host nor user, but the library's own class."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"the Kafka cluster is away ({kind})")


class TopicMissing(Exception):  # noqa: N818 - says what is missing
    """The cluster has no such topic; topics are made on purpose."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"the Kafka cluster has no topic {topic}")
        self.topic = topic


class NotDelivered(Exception):  # noqa: N818 - what happened to records
    """Some records were not acknowledged; sending them again is safe: each fact is taken once."""

    def __init__(self, delivered: int, lost: int) -> None:
        super().__init__(f"{lost} records were not acknowledged, {delivered} were")
        self.delivered = delivered
        self.lost = lost
