"""How to reach a cluster: its addresses, and a file for what security asks.

Rules: only settings that concern the connection can be given; what this program promises (no
automatic commits, no automatic reset, every replica acknowledges) cannot be undone by a file.
Secrets stand in the file alone, are never printed, and its mode must keep others out.
"""

import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ALLOWED = frozenset(
    {
        "security_protocol",
        "ssl_cafile",
        "ssl_certfile",
        "ssl_keyfile",
        "ssl_password",
        "ssl_crlfile",
        "ssl_ciphers",
        "ssl_check_hostname",
        "sasl_mechanism",
        "sasl_plain_username",
        "sasl_plain_password",
        "sasl_kerberos_name",
        "sasl_kerberos_service_name",
        "sasl_kerberos_domain_name",
        "bootstrap_timeout_ms",
        "client_rack",
        "request_timeout_ms",
        "reconnect_backoff_max_ms",
        "proxy_url",
    }
)
"""What a client file may say, by ``kafka-python``'s own names."""

BOOTSTRAP_MS = 10_000
"""How long a command waits for the first broker to answer."""


class ClientFileError(Exception):
    """The client file is wrong; the message names the file and the key, never a value."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A cluster's addresses, and the client's settings. Never printed."""

    servers: tuple[str, ...]
    client: Mapping[str, object] = field(default_factory=dict, repr=False)

    def arguments(self) -> dict[str, object]:
        """Return what every client of the cluster is made with."""
        return {
            "bootstrap_timeout_ms": BOOTSTRAP_MS,
            **self.client,
            "bootstrap_servers": list(self.servers),
        }


def connection(servers: str, client_file: Path | None) -> Connection:
    """Read a connection: ``host:port`` with commas between, and a TOML file or None.

    Raises:
        ClientFileError: the file is missing, is no TOML, says what it may not, or is open to all.
    """
    named = tuple([one.strip() for one in servers.split(",") if one.strip()])
    return Connection(named, {} if client_file is None else _read(client_file))


def _read(path: Path) -> Mapping[str, object]:
    try:
        if path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
            message = f"{path} is open to other users: chmod 600"
            raise ClientFileError(message)
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = f"there is no file {path}"
        raise ClientFileError(message) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # Not chained: the parser's message quotes the text, and with it a password.
        message = f"{path} is no TOML"
        raise ClientFileError(message) from None
    strange = sorted(set(values) - ALLOWED)
    if strange:
        message = f"{path}: {strange[0]} is not a setting of a connection"
        raise ClientFileError(message)
    return values
