"""The one module that knows the environment's variables; it is read once, at the start.

Everything Glemmebok takes from its surroundings is in :data:`SETTINGS`. A variable that begins
with ``GLEMMEBOK_`` and is not there is an error: a misspelt setting must not be a silent default.
Messages name the variable and the fault, never a URL: URLs hold passwords.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

import psycopg
from psycopg.conninfo import conninfo_to_dict

from infra.finalising_terms import BadTerm, read_finalise_hour, read_grace_hours
from infra.keys.kek_uri import BadKek, Kek, read_kek

_PREFIX = "GLEMMEBOK_"
_DEFAULT_HOME = ".glemmebok"
_ADDRESS = re.compile(r"[A-Za-z0-9._-]+:[0-9]{1,5}")


class SettingsError(Exception):
    """A variable is wrong; the message is one line that names it and says what is wrong."""


class Language(StrEnum):
    """The language of what is printed for people."""

    ENGLISH = "en"
    BOKMAL = "nb"


@dataclass(frozen=True, slots=True)
class Setting:
    """A variable: its name, its default in words, and what it means."""

    name: str
    default: str
    meaning: str


HOME = Setting(
    "GLEMMEBOK_HOME", _DEFAULT_HOME, "the directory of the embedded databases and the root key"
)
DATABASE_URL = Setting(
    "GLEMMEBOK_DATABASE_URL",
    "the embedded PostgreSQL",
    "the event database; needs GLEMMEBOK_KEYS_DATABASE_URL beside it",
)
KEYS_DATABASE_URL = Setting(
    "GLEMMEBOK_KEYS_DATABASE_URL",
    "the embedded PostgreSQL",
    "the key database, another one than the event database, with a login role of its own",
)
ROOT_KEY = Setting(
    "GLEMMEBOK_ROOT_KEY", "root.key in the home", "the file that holds the root key's versions"
)
ANCHOR = Setting(
    "GLEMMEBOK_ANCHOR",
    "the home's name with .anchor, beside it",
    "the directory of the restore gate's anchor; outside the home, best on another disk",
)
KAFKA = Setting(
    "GLEMMEBOK_KAFKA", "no Kafka", "the cluster's addresses, HOST:PORT with commas between"
)
KAFKA_CLIENT = Setting(
    "GLEMMEBOK_KAFKA_CLIENT",
    "no encryption, no login",
    "a TOML file of the connection's security, by kafka-python's names; mode 600",
)
RECIPIENT_KEYS = Setting(
    "GLEMMEBOK_RECIPIENT_KEYS",
    "notices are brought by people",
    "the directory of recipients' public keys, <recipient>.pub",
)
SCHEMAS = Setting(
    "GLEMMEBOK_SCHEMAS",
    "the published schemas alone",
    "where publishers' schemas are: a directory, or a schema registry's URL",
)
KEK = Setting(
    "GLEMMEBOK_KEK",
    "file",
    "who holds the root key: file, or a PKCS#11 URI; while a house moves, the old and the new, "
    "parted by a space",
)
ESCROW = Setting(
    "GLEMMEBOK_ESCROW",
    "none",
    "the files that hold a copy of the root key's versions, parted by colons: every one there is",
)
GRACE_HOURS = Setting(
    "GLEMMEBOK_GRACE_HOURS",
    "0",
    "hours from carrying the keys to a new root version to destroying the old; older backups die",
)
FINALISE_AT = Setting(
    "GLEMMEBOK_FINALISE_AT",
    "4 where a token holds the root key, never where a file does",
    "the hour in Norway at which `run` finalises each day, or never",
)
LANG = Setting("GLEMMEBOK_LANG", "en", "the language of what is printed: en or nb")

SETTINGS: tuple[Setting, ...] = (
    HOME,
    DATABASE_URL,
    KEYS_DATABASE_URL,
    ROOT_KEY,
    ANCHOR,
    KAFKA,
    KAFKA_CLIENT,
    RECIPIENT_KEYS,
    SCHEMAS,
    KEK,
    ESCROW,
    GRACE_HOURS,
    FINALISE_AT,
    LANG,
)


@dataclass(frozen=True, slots=True, repr=False)
class DatabaseUrls:
    """Where the two databases are, when they are not the embedded ones. Never printed."""

    events: str
    keys: str


@dataclass(frozen=True, slots=True, repr=False)
class KafkaPlace:
    """Where Kafka is, and what its publishers' schemas are found in. URLs may hold passwords."""

    servers: str
    client_file: Path | None
    schemas: str | None
    recipient_keys: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What the process was told; paths are absolute, ``databases`` is None for embedded ones.

    ``kafka`` is None where there is none, ``finalise_at`` where nothing is finalised by itself.
    """

    home: Path
    databases: DatabaseUrls | None
    root_key: Path
    anchor: Path
    language: Language
    kafka: KafkaPlace | None = None
    kek: tuple[Kek, ...] = (None,)
    escrow: tuple[Path, ...] = ()
    grace_hours: int = 0
    finalise_at: int | None = None


def read_process_settings() -> Settings:
    """Read the settings out of this process's environment.

    Raises:
        SettingsError: a variable is unknown or wrong.
    """
    return read_settings(os.environ)  # noqa: TID251 - the one place


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings out of an environment; variables of others are not looked at.

    Raises:
        SettingsError: a variable is unknown or wrong.
    """
    _refuse_unknown(environ)
    home = _path(environ, HOME, Path(_DEFAULT_HOME))
    if not home.name:
        _wrong(HOME, "is the root directory")
    grace_hours, finalise_at = _finalising(environ)
    return Settings(
        home=home,
        databases=_databases(environ),
        root_key=_path(environ, ROOT_KEY, home / "root.key"),
        anchor=_anchor(environ, home),
        language=_language(environ),
        kafka=_kafka(environ),
        kek=_kek(environ),
        escrow=_escrow(environ),
        grace_hours=grace_hours,
        finalise_at=finalise_at,
    )


def _wrong(setting: Setting, fault: str) -> NoReturn:
    message = f"{setting.name} {fault}"
    raise SettingsError(message)


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = {setting.name for setting in SETTINGS}
    for name in sorted(environ):
        if name.startswith(_PREFIX) and name not in known:
            message = f"{name} is not a setting; the settings are {', '.join(sorted(known))}"
            raise SettingsError(message)


def _kafka(environ: Mapping[str, str]) -> KafkaPlace | None:
    if KAFKA.name not in environ:
        return None
    servers = environ[KAFKA.name]
    if not all(_ADDRESS.fullmatch(one.strip()) for one in servers.split(",")):
        _wrong(KAFKA, "is not HOST:PORT with commas between")
    file = _path(environ, KAFKA_CLIENT, Path()) if KAFKA_CLIENT.name in environ else None
    keys = _path(environ, RECIPIENT_KEYS, Path()) if RECIPIENT_KEYS.name in environ else None
    return KafkaPlace(servers, file, environ.get(SCHEMAS.name) or None, keys)


def _path(environ: Mapping[str, str], setting: Setting, default: Path) -> Path:
    value = environ.get(setting.name, str(default))
    if not value.strip():
        _wrong(setting, "is empty; leave it out for its default")
    return Path(value).resolve()


def _anchor(environ: Mapping[str, str], home: Path) -> Path:
    anchor = _path(environ, ANCHOR, home.with_name(f"{home.name}.anchor"))
    if anchor.is_relative_to(home):
        # A restore of the home would roll the anchor back together with what it watches.
        _wrong(ANCHOR, f"lies inside {HOME.name}; it must be outside, or a restore would fool it")
    return anchor


def _kek(environ: Mapping[str, str]) -> tuple[Kek, ...]:
    named = environ.get(KEK.name, KEK.default).split()
    if not named:
        _wrong(KEK, "is empty; leave it out for its default")
    try:
        return tuple([read_kek(text) for text in named])
    except BadKek as bad:
        _wrong(KEK, str(bad))


def _escrow(environ: Mapping[str, str]) -> tuple[Path, ...]:
    return tuple([Path(p).resolve() for p in environ.get(ESCROW.name, "").split(":") if p.strip()])


def _finalising(environ: Mapping[str, str]) -> tuple[int, int | None]:
    token, asked = _kek(environ)[-1] is not None, GRACE_HOURS
    try:
        grace = read_grace_hours(environ.get(asked.name, asked.default))
        asked = FINALISE_AT
        return grace, read_finalise_hour(environ.get(asked.name), token=token)
    except BadTerm as bad:
        _wrong(asked, str(bad))


def _language(environ: Mapping[str, str]) -> Language:
    try:
        return Language(environ.get(LANG.name, Language.ENGLISH))
    except ValueError:
        _wrong(LANG, f"must be one of {', '.join(Language)}")


def _databases(environ: Mapping[str, str]) -> DatabaseUrls | None:
    if DATABASE_URL.name not in environ and KEYS_DATABASE_URL.name not in environ:
        return None
    events = _url(environ, DATABASE_URL, KEYS_DATABASE_URL)
    keys = _url(environ, KEYS_DATABASE_URL, DATABASE_URL)
    if events.server == keys.server:
        if events.dbname == keys.dbname:
            _wrong(KEYS_DATABASE_URL, f"names the same database as {DATABASE_URL.name}")
        if events.user == keys.user:
            _wrong(KEYS_DATABASE_URL, f"has the same login role as {DATABASE_URL.name}")
    return DatabaseUrls(environ[DATABASE_URL.name], environ[KEYS_DATABASE_URL.name])


@dataclass(frozen=True, slots=True)
class _Address:
    server: tuple[str, str]
    user: str
    dbname: str


def _url(environ: Mapping[str, str], setting: Setting, other: Setting) -> _Address:
    if not environ.get(setting.name):
        _wrong(setting, f"is missing; {other.name} is set, and the two belong together")
    try:
        parts = conninfo_to_dict(environ[setting.name])
    except psycopg.Error:
        # Not chained: libpq's message quotes the text, and with it the password.
        message = f"{setting.name} is no PostgreSQL URL"
        raise SettingsError(message) from None
    if "user" not in parts:
        _wrong(setting, "names no user")
    server = (str(parts.get("host", parts.get("hostaddr", ""))), str(parts.get("port", "5432")))
    return _Address(server, str(parts["user"]), str(parts.get("dbname", parts["user"])))
