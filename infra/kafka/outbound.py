"""What goes out by Kafka, as jobs: the log's facts, and what recipients must do.

A job opens its clients, does what there is, and closes them: a cluster that is away costs a job
its turn and nothing else. Facts go out for the controllers whose topic an operator has made.
"""

from infra.house import House
from infra.kafka.acknowledging import Desk, reader, take_all
from infra.kafka.consumer import cluster_of
from infra.kafka.options import Connection, connection
from infra.kafka.publishing import sending
from infra.kafka.recipient_keys import read_keys
from infra.kafka.relay import Relay, topic_of
from infra.kafka.rights import ACKNOWLEDGEMENTS, RIGHTS, RightsCourier
from infra.kafka.topics import existing
from infra.notices import acknowledge, deliver, open_notice
from infra.running import Job
from infra.timetable import Every
from infra.views.runner import Stop

_RELAY = Every(5)
_RIGHTS = Every(60)
_WHO = "courier"
_PURPOSE = "privacy_request"

KAFKA_JOBS = ("relay", "rights")
"""Their names."""


def kafka_jobs(house: House) -> tuple[Job, ...]:
    """Make the jobs; none where there is no Kafka."""
    if house.settings.kafka is None:
        return ()
    return (
        Job("relay", _RELAY, lambda stop: relay(house, stop)),
        Job("rights", _RIGHTS, lambda stop: rights(house, stop)),
    )


def relay(house: House, stop: Stop) -> int:
    """Send the facts behind the relay's position; return how many.

    Raises:
        ClusterUnavailable, NotDelivered: the cluster is away; the page is sent again.
        LogUnavailable, KeyUnavailable: a database is away.
    """
    place = _connection(house)
    topics = existing(place)
    slugs = {c: slug for slug, c in house.controllers.items() if topic_of(slug) in topics}
    if not slugs:
        return 0
    cluster = cluster_of(place, ())
    with sending(place) as sender:
        return Relay(house.store, sender, house.keyring, cluster, slugs).run_once(stop.is_set)


def rights(house: House, stop: Stop) -> int:
    """Send what waits for recipients with a key, take acknowledgements; return how many settled.

    Raises:
        ClusterUnavailable, NotDelivered: the cluster is away; what was not sent waits.
        LogUnavailable, KeyUnavailable: a database is away.
    """
    place = _connection(house)
    topics = existing(place)
    if RIGHTS not in topics or ACKNOWLEDGEMENTS not in topics:
        return 0
    desk = Desk(house.outbox.named, house.keyring, lambda ids: acknowledge(house, ids))
    with reader(place) as consumer:
        settled = take_all(consumer, desk, stop.is_set)
    settings = house.settings.kafka
    assert settings is not None
    if settings.recipient_keys is not None:
        keys = read_keys(settings.recipient_keys)
        with sending(place) as sender:
            courier = RightsCourier(
                sender, house.keyring, keys, lambda one: open_notice(house, one, _WHO, _PURPOSE)
            )
            deliver(house, courier, stop.is_set)
    return settled


def _connection(house: House) -> Connection:
    settings = house.settings.kafka
    assert settings is not None
    return connection(settings.servers, settings.client_file)
