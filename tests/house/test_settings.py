"""Settings are read once, checked at the start, and their faults named without their secrets."""

from pathlib import Path

import pytest

from infra.keys.kek_uri import Pkcs11Place
from infra.settings import (
    SETTINGS,
    DatabaseUrls,
    Language,
    SettingsError,
    read_process_settings,
    read_settings,
)

EVENTS = "postgresql://events:first-password@db.example.com/glemmebok"
KEYS = "postgresql://keys:second-password@db.example.com/glemmebok_keys"


def _fault(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as refused:
        read_settings(environ)
    return str(refused.value)


def test_without_variables_the_defaults_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read_settings({})
    assert (settings.home, settings.databases) == (tmp_path / ".glemmebok", None)
    assert settings.root_key == tmp_path / ".glemmebok" / "root.key"
    assert settings.anchor == tmp_path / ".glemmebok.anchor"
    assert settings.language is Language.ENGLISH


def test_root_key_and_anchor_follow_the_home(tmp_path: Path) -> None:
    settings = read_settings({"GLEMMEBOK_HOME": str(tmp_path / "a home")})
    assert settings.root_key == tmp_path / "a home" / "root.key"
    assert settings.anchor == tmp_path / "a home.anchor"


def test_a_relative_home_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings({"GLEMMEBOK_HOME": "here/../there"}).home == tmp_path / "there"


def test_each_variable_is_taken(tmp_path: Path) -> None:
    settings = read_settings(
        {
            "GLEMMEBOK_HOME": str(tmp_path / "home"),
            "GLEMMEBOK_DATABASE_URL": EVENTS,
            "GLEMMEBOK_KEYS_DATABASE_URL": KEYS,
            "GLEMMEBOK_ROOT_KEY": str(tmp_path / "key"),
            "GLEMMEBOK_ANCHOR": str(tmp_path / "anchor"),
            "GLEMMEBOK_LANG": "nb",
        }
    )
    assert settings.databases == DatabaseUrls(EVENTS, KEYS)
    assert (settings.root_key, settings.anchor) == (tmp_path / "key", tmp_path / "anchor")
    assert settings.language is Language.BOKMAL


def test_variables_of_others_are_not_looked_at() -> None:
    assert read_settings({"PATH": "/bin", "PGPASSWORD": "x"}).databases is None


def test_an_unknown_variable_is_named() -> None:
    fault = _fault({"GLEMMEBOK_HOEM": "/tmp/x"})  # noqa: S108 - never opened
    assert fault.startswith("GLEMMEBOK_HOEM is not a setting")


@pytest.mark.parametrize("name", ["GLEMMEBOK_HOME", "GLEMMEBOK_ROOT_KEY", "GLEMMEBOK_ANCHOR"])
def test_an_empty_path_is_refused(name: str) -> None:
    assert _fault({name: " "}) == f"{name} is empty; leave it out for its default"


def test_the_root_directory_is_no_home() -> None:
    assert _fault({"GLEMMEBOK_HOME": "/"}) == "GLEMMEBOK_HOME is the root directory"


@pytest.mark.parametrize("inside", ["home", "home/anchor", "elsewhere/../home/anchor"])
def test_an_anchor_inside_the_home_is_refused(tmp_path: Path, inside: str) -> None:
    environ = {"GLEMMEBOK_HOME": str(tmp_path / "home"), "GLEMMEBOK_ANCHOR": str(tmp_path / inside)}
    assert _fault(environ).startswith("GLEMMEBOK_ANCHOR lies inside GLEMMEBOK_HOME")


def test_an_anchor_that_is_a_link_into_the_home_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "home")
    environ = {"GLEMMEBOK_HOME": str(tmp_path / "home"), "GLEMMEBOK_ANCHOR": str(tmp_path / "link")}
    assert _fault(environ).startswith("GLEMMEBOK_ANCHOR lies inside GLEMMEBOK_HOME")


def test_an_anchor_whose_name_begins_like_the_homes_is_outside(tmp_path: Path) -> None:
    environ = {"GLEMMEBOK_HOME": str(tmp_path / "a"), "GLEMMEBOK_ANCHOR": str(tmp_path / "ab")}
    assert read_settings(environ).anchor == tmp_path / "ab"


def test_an_unknown_language_is_refused() -> None:
    assert _fault({"GLEMMEBOK_LANG": "nn"}) == "GLEMMEBOK_LANG must be one of en, nb"


@pytest.mark.parametrize(
    ("present", "missing"),
    [
        ("GLEMMEBOK_DATABASE_URL", "GLEMMEBOK_KEYS_DATABASE_URL"),
        ("GLEMMEBOK_KEYS_DATABASE_URL", "GLEMMEBOK_DATABASE_URL"),
    ],
)
def test_one_database_url_without_the_other_is_refused(present: str, missing: str) -> None:
    fault = _fault({present: EVENTS})
    assert fault == f"{missing} is missing; {present} is set, and the two belong together"


@pytest.mark.parametrize(
    "same",
    [
        EVENTS,
        "postgresql://other:x@db.example.com:5432/glemmebok?connect_timeout=3",
        "host=db.example.com user=other dbname=glemmebok",
    ],
)
def test_one_database_for_both_is_refused(same: str) -> None:
    fault = _fault({"GLEMMEBOK_DATABASE_URL": EVENTS, "GLEMMEBOK_KEYS_DATABASE_URL": same})
    assert fault == "GLEMMEBOK_KEYS_DATABASE_URL names the same database as GLEMMEBOK_DATABASE_URL"


def test_a_database_that_is_named_by_its_user_is_recognised() -> None:
    both = {
        "GLEMMEBOK_DATABASE_URL": "postgresql://keys@db.example.com/keys",
        "GLEMMEBOK_KEYS_DATABASE_URL": "postgresql://keys@db.example.com",
    }
    assert "names the same database" in _fault(both)


def test_one_login_role_for_both_on_one_server_is_refused() -> None:
    keys = "postgresql://events@db.example.com/glemmebok_keys"
    fault = _fault({"GLEMMEBOK_DATABASE_URL": EVENTS, "GLEMMEBOK_KEYS_DATABASE_URL": keys})
    assert fault == "GLEMMEBOK_KEYS_DATABASE_URL has the same login role as GLEMMEBOK_DATABASE_URL"


def test_one_login_role_and_name_on_two_servers_is_taken() -> None:
    keys = "postgresql://events@keys.example.com/glemmebok"
    settings = read_settings(
        {"GLEMMEBOK_DATABASE_URL": EVENTS, "GLEMMEBOK_KEYS_DATABASE_URL": keys}
    )
    assert settings.databases == DatabaseUrls(EVENTS, keys)


def test_a_url_without_a_user_is_refused() -> None:
    environ = {
        "GLEMMEBOK_DATABASE_URL": "postgresql://db.example.com/glemmebok",
        "GLEMMEBOK_KEYS_DATABASE_URL": KEYS,
    }
    assert _fault(environ) == "GLEMMEBOK_DATABASE_URL names no user"


@pytest.mark.parametrize(
    "keys",
    [
        "postgresql://keys:second-password@[::1/glemmebok",
        "keys second-password",
        EVENTS,
        "postgresql://events:second-password@db.example.com/other",
    ],
)
def test_no_fault_repeats_a_password(keys: str) -> None:
    fault = _fault({"GLEMMEBOK_DATABASE_URL": EVENTS, "GLEMMEBOK_KEYS_DATABASE_URL": keys})
    assert "password" not in fault


def test_printed_settings_hide_the_urls() -> None:
    environ = {"GLEMMEBOK_DATABASE_URL": EVENTS, "GLEMMEBOK_KEYS_DATABASE_URL": KEYS}
    assert "password" not in repr(read_settings(environ))


def test_every_setting_is_explained_once() -> None:
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)
    assert all(setting.meaning and setting.default for setting in SETTINGS)


def test_the_process_environment_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLEMMEBOK_HOME", str(tmp_path))
    assert read_process_settings().home == tmp_path


URI = "pkcs11:token=house?module-path=/usr/lib/module.so&pin-source=/etc/pin"


def test_the_root_key_is_in_its_file_unless_said_otherwise() -> None:
    assert read_settings({}).kek == (None,)


def test_while_a_house_moves_it_names_both_providers() -> None:
    place = Pkcs11Place(Path("/usr/lib/module.so"), "house", Path("/etc/pin"), "root")
    assert read_settings({"GLEMMEBOK_KEK": f"file {URI}"}).kek == (None, place)


def test_a_provider_that_is_none_is_refused_and_not_repeated() -> None:
    fault = _fault({"GLEMMEBOK_KEK": f"{URI}&pin-value=0815"})
    assert fault.startswith("GLEMMEBOK_KEK is a PKCS#11 URI with an attribute other than")
    assert "0815" not in fault


def test_escrow_copies_are_parted_by_colons(tmp_path: Path) -> None:
    given = {"GLEMMEBOK_ESCROW": f"{tmp_path / 'one'}:{tmp_path / 'two'}"}
    assert read_settings(given).escrow == (tmp_path / "one", tmp_path / "two")


@pytest.mark.parametrize("hours", ["-1", "x", "2161", ""])
def test_a_grace_is_hours_of_three_months_at_most(hours: str) -> None:
    assert _fault({"GLEMMEBOK_GRACE_HOURS": hours}).startswith("GLEMMEBOK_GRACE_HOURS is not")


@pytest.mark.parametrize(
    ("given", "hour"),
    [
        ({}, None),
        ({"GLEMMEBOK_KEK": URI}, 4),
        ({"GLEMMEBOK_KEK": f"{URI} file"}, None),
        ({"GLEMMEBOK_KEK": URI, "GLEMMEBOK_FINALISE_AT": "never"}, None),
        ({"GLEMMEBOK_FINALISE_AT": "23"}, 23),
    ],
)
def test_a_house_finalises_by_itself_where_a_token_holds_the_root_or_it_is_said(
    given: dict[str, str], hour: int | None
) -> None:
    assert read_settings(given).finalise_at == hour


@pytest.mark.parametrize("hour", ["24", "-1", "always", ""])
def test_a_finalisation_is_at_an_hour_of_the_day(hour: str) -> None:
    assert _fault({"GLEMMEBOK_FINALISE_AT": hour}).startswith("GLEMMEBOK_FINALISE_AT is not")
