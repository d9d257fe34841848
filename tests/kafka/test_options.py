"""The client file: what it may say, who may read it, and that its values are never repeated."""

from pathlib import Path

import pytest

from infra.kafka.options import ALLOWED, BOOTSTRAP_MS, ClientFileError, Connection, connection

SECRET = "correct-horse"  # noqa: S105 - a word to look for


def client_file(tmp_path: Path, text: str, mode: int = 0o600) -> Path:
    file = tmp_path / "client.toml"
    file.write_text(text)
    file.chmod(mode)
    return file


def refusal(path: Path) -> str:
    with pytest.raises(ClientFileError) as refused:
        connection("broker:9092", path)
    return str(refused.value)


def test_addresses_stand_with_commas_between() -> None:
    told = connection("one:9092, two:9093,", None)
    assert told.arguments()["bootstrap_servers"] == ["one:9092", "two:9093"]


def test_what_the_file_says_reaches_the_client(tmp_path: Path) -> None:
    file = client_file(tmp_path, f'sasl_mechanism = "PLAIN"\nsasl_plain_password = "{SECRET}"\n')
    assert connection("broker:9092", file).arguments() == {
        "bootstrap_timeout_ms": BOOTSTRAP_MS,
        "bootstrap_servers": ["broker:9092"],
        "sasl_mechanism": "PLAIN",
        "sasl_plain_password": SECRET,
    }


def test_a_file_may_change_how_long_the_first_broker_is_waited_for(tmp_path: Path) -> None:
    file = client_file(tmp_path, "bootstrap_timeout_ms = 5\n")
    assert connection("broker:9092", file).arguments()["bootstrap_timeout_ms"] == 5


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = client_file(tmp_path, f'sasl_plain_password = "{SECRET}"\n', mode)
    assert refusal(file) == f"{file} is open to other users: chmod 600"


@pytest.mark.parametrize(
    "key",
    ["enable_auto_commit", "auto_offset_reset", "acks", "group_id", "isolation_level", "typo"],
)
def test_what_this_program_promises_cannot_be_undone_by_a_file(tmp_path: Path, key: str) -> None:
    file = client_file(tmp_path, f'{key} = "{SECRET}"\n')
    assert refusal(file) == f"{file}: {key} is not a setting of a connection"


def test_addresses_in_a_file_are_refused(tmp_path: Path) -> None:
    assert "bootstrap_servers" not in ALLOWED
    assert "bootstrap_servers" in refusal(client_file(tmp_path, 'bootstrap_servers = "other:1"\n'))


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.toml") == f"there is no file {tmp_path / 'none.toml'}"


@pytest.mark.parametrize("text", [f'sasl_plain_password = "{SECRET}', f"{SECRET} = = 1", SECRET])
def test_a_file_that_is_no_toml_is_refused_without_its_text(tmp_path: Path, text: str) -> None:
    told = refusal(client_file(tmp_path, text))
    assert (told.endswith("is no TOML"), SECRET in told) == (True, False)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = client_file(tmp_path, "")
    file.write_bytes(b"\xff\xfe")
    assert refusal(file).endswith("is no TOML")


def test_no_value_follows_as_the_cause_of_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(ClientFileError) as refused:
        connection("broker:9092", client_file(tmp_path, f'sasl_plain_password = "{SECRET}'))
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_a_connection_does_not_print_its_settings() -> None:
    told = Connection(("broker:9092",), {"sasl_plain_password": SECRET})
    assert SECRET not in repr(told)
