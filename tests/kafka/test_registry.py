"""A schema registry as its API is documented, served here."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from infra.kafka.schemas import SchemaRegistry
from infra.kafka.wire import Fault, SchemasUnavailable

TEXT = '{"type": "record", "name": "R", "fields": []}'
ANSWERS = {
    "/schemas/ids/1": (200, json.dumps({"schema": TEXT})),
    "/schemas/ids/2": (200, json.dumps({"schema": TEXT, "schemaType": "PROTOBUF"})),
    "/schemas/ids/3": (500, "{}"),
    "/schemas/ids/4": (200, "<html>"),
}


class Api(BaseHTTPRequestHandler):
    """Answers as a registry does; counts what it was asked."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]  # a test double
        status, body = ANSWERS.get(self.path, (404, '{"error_code": 40403}'))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_told: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Api) as made:
        made.asked = []  # type: ignore[attr-defined]  # a test double
        Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
        yield made
        made.shutdown()


@pytest.fixture
def registry(server: HTTPServer) -> SchemaRegistry:
    return SchemaRegistry(f"http://127.0.0.1:{server.server_port}/")


def test_a_number_is_asked_for_once(server: HTTPServer, registry: SchemaRegistry) -> None:
    assert [registry.by_number(1), registry.by_number(1)] == [TEXT, TEXT]
    assert server.asked == ["/schemas/ids/1"]  # type: ignore[attr-defined]  # a test double


def test_an_unknown_number_is_asked_for_again_later(server: HTTPServer) -> None:
    now = [0.0]
    registry = SchemaRegistry(f"http://127.0.0.1:{server.server_port}", lambda: now[0])
    for moment in (0.0, 10.0, 40.0):
        now[0] = moment
        assert registry.by_number(9) is None
    assert len(server.asked) == 2  # type: ignore[attr-defined]  # a test double


def test_another_kind_of_schema_is_none_of_ours(registry: SchemaRegistry) -> None:
    assert registry.by_number(2) is None


@pytest.mark.parametrize(("number", "fault"), [(3, Fault.REFUSING), (4, Fault.STRANGE)])
def test_a_registry_in_trouble_is_away(registry: SchemaRegistry, number: int, fault: Fault) -> None:
    with pytest.raises(SchemasUnavailable) as away:
        registry.by_number(number)
    assert away.value.fault is fault


def test_a_registry_that_does_not_answer_is_away() -> None:
    with pytest.raises(SchemasUnavailable) as away:
        SchemaRegistry("http://127.0.0.1:9").by_number(1)
    assert away.value.fault is Fault.SILENT
