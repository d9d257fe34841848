"""Containers for tests: over local images, by testcontainers, gone with the process that had them.

No image is ever fetched: one that is not there is a reason to skip. testcontainers' own reaper is
an image too, so containers of test runs that were killed are removed by the next one.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import docker
import psutil
from docker.errors import DockerException, ImageNotFound
from testcontainers.community.kafka import KafkaContainer
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.config import testcontainers_config

POSTGRES = "glemmebok/postgres:local"
KAFKA = "glemmebok/kafka:local"
PROGRAM = "glemmebok/glemmebok:local"
KAFKA_SECONDS = 60
LABEL = "glemmebok.test-process"


def why_not(*images: str) -> str:
    """Say why containers of these images cannot be had; nothing when they can."""
    try:
        client = docker.from_env()
    except DockerException:
        return "no Docker engine answers"
    try:
        client.ping()
        for image in images:
            client.images.get(image)
    except ImageNotFound:
        return f"there is no image {image}"
    except DockerException:
        return "no Docker engine answers"
    finally:
        client.close()
    return ""


@contextmanager
def contained_postgres() -> Iterator[str]:
    """Run a PostgreSQL, which does not wait for the disk; yield its superuser's URL."""
    sweep()
    command = "postgres -c fsync=off -c max_connections=300"
    container = PostgresContainer(POSTGRES, driver=None, labels=_labels(), shm_size="256m")
    with container.with_command(command) as postgres:
        yield postgres.get_connection_url()


@contextmanager
def contained_kafka() -> Iterator[str]:
    """Run a broker; yield its address."""
    sweep()
    container = KafkaContainer(KAFKA, labels=_labels())
    container.kraft_enabled = True  # with_kraft() wants a version of Confluent's for a tag
    for name, value in (
        ("GROUP_MIN_SESSION_TIMEOUT_MS", "1000"),
        ("AUTO_CREATE_TOPICS_ENABLE", "false"),
        ("TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1"),
        ("TRANSACTION_STATE_LOG_MIN_ISR", "1"),
    ):
        container.with_env(f"KAFKA_{name}", value)
    try:
        yield container.start(KAFKA_SECONDS).get_bootstrap_server()
    finally:
        container.stop()


def _labels() -> dict[str, str]:
    return {LABEL: str(os.getpid())}


def sweep() -> None:
    """Remove the containers of test processes that are no more; forgo the reaper."""
    testcontainers_config.ryuk_disabled = True
    client = docker.from_env()
    try:
        for container in client.containers.list(all=True, filters={"label": LABEL}):
            if not psutil.pid_exists(int(container.labels[LABEL])):
                container.remove(force=True, v=True)
    finally:
        client.close()
