"""The KEK providers: a file, a PKCS#11 token, both at once, and one that hangs or throttles."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from domain.answers import KeyUnavailable, Present
from infra.clock import FixedClock
from infra.keys.finalisation_shapes import Terms
from infra.keys.finalising import finalise
from infra.keys.kek_uri import BadKek, Pkcs11Place, read_kek
from infra.keys.provider import DestructionKind, LocalFileProvider
from infra.keys.provider_pkcs11 import Pkcs11Provider
from infra.keys.routing import RoutedProvider
from infra.keys.sampling import open_sample
from tests.contracts.provider_contract import KEY, PLACE, ProviderContract
from tests.contracts.whole_keyring import erase
from tests.keys.finalising_houses import doors_over, person
from tests.keys.houses import KeyHouse, open_keyring

MODULES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
    Path("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
)
PIN = "4711-0815"
Deed = Callable[[], None]


class TestLocalFile(ProviderContract):
    """A file."""

    KIND = DestructionKind.FILE_REWRITTEN

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "root.json"

    @pytest.fixture
    def provider(self, path: Path) -> LocalFileProvider:
        return LocalFileProvider(path)

    @pytest.fixture
    def another(self, path: Path) -> Callable[[], LocalFileProvider]:
        return lambda: LocalFileProvider(path)

    @pytest.fixture
    def take_away(self, path: Path) -> Deed:
        return lambda: _move(path, path.with_suffix(".away"))

    @pytest.fixture
    def bring_back(self, path: Path) -> Deed:
        return lambda: _move(path.with_suffix(".away"), path)


def _move(path: Path, to: Path) -> None:
    path.rename(to)


@dataclass
class Hsm:
    """SoftHSM2 with its tokens in a directory of the test run's own."""

    module: Path
    tokens: Path
    directory: Path
    made: int = 0

    def token(self) -> Pkcs11Place:
        """Make a token."""
        self.made += 1
        label = f"token-{self.made}"
        pin = self.directory / f"{label}.pin"
        pin.write_text(PIN + "\n")
        pins = ("--pin", PIN, "--so-pin", PIN)
        subprocess.run(  # noqa: S603 - a program of the system's, no shell
            ["softhsm2-util", "--init-token", "--free", "--label", label, *pins],  # noqa: S607 - found like any program
            env={"SOFTHSM2_CONF": str(self.directory / "softhsm2.conf"), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            check=True,
        )
        return Pkcs11Place(self.module, label, pin, "root")


@pytest.fixture(scope="session")
def hsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hsm]:
    """Set up SoftHSM2 for the run; its module reads the configuration once."""
    module = next((path for path in MODULES if path.exists()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        pytest.skip("there is no SoftHSM2; enable with: make deps")
    pytest.importorskip("pkcs11", reason="enable with: pip install 'glemmebok[pkcs11]'")
    directory = tmp_path_factory.mktemp("hsm")
    tokens = directory / "tokens"
    tokens.mkdir()
    configuration = directory / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(configuration))
        yield Hsm(module, tokens, directory)


@pytest.fixture
def place(hsm: Hsm) -> Pkcs11Place:
    return hsm.token()


class TestPkcs11(ProviderContract):
    """A token of SoftHSM2."""

    KIND = DestructionKind.OBJECT_DESTROYED

    @pytest.fixture
    def provider(self, place: Pkcs11Place) -> Pkcs11Provider:
        return Pkcs11Provider(place)

    @pytest.fixture
    def another(self, place: Pkcs11Place) -> Callable[[], Pkcs11Provider]:
        return lambda: Pkcs11Provider(place)

    @pytest.fixture
    def take_away(self, hsm: Hsm) -> Deed:
        return lambda: _move(hsm.tokens, hsm.directory / "away")

    @pytest.fixture
    def bring_back(self, hsm: Hsm) -> Deed:
        return lambda: _move(hsm.directory / "away", hsm.tokens)

    @pytest.fixture(autouse=True)
    def _all_back(self, hsm: Hsm) -> Iterator[None]:
        yield
        if (hsm.directory / "away").exists():
            _move(hsm.directory / "away", hsm.tokens)

    def test_a_root_cannot_be_read_out_of_the_token(
        self, provider: Pkcs11Provider, place: Pkcs11Place
    ) -> None:
        import pkcs11  # noqa: PLC0415 - an optional part
        from pkcs11 import Attribute  # noqa: PLC0415 - likewise

        version = provider.create_version()
        token = pkcs11.lib(str(place.module)).get_token(token_label=place.token)
        with token.open() as session:
            key = session.get_key(label=f"root-{version}")
            assert (key[Attribute.SENSITIVE], key[Attribute.EXTRACTABLE]) == (True, False)
            assert key[Attribute.NEVER_EXTRACTABLE]
            with pytest.raises(pkcs11.AttributeSensitive):
                assert key[Attribute.VALUE]

    def test_two_houses_share_a_token(self, place: Pkcs11Place) -> None:
        other = Pkcs11Provider(Pkcs11Place(place.module, place.token, place.pin_file, "other"))
        assert (Pkcs11Provider(place).create_version(), other.create_version()) == (1, 1)
        other.destroy_version(1)
        assert Pkcs11Provider(place).versions() == (1,)

    def test_a_wrong_pin_is_unavailable_and_repeated_nowhere(self, place: Pkcs11Place) -> None:
        import pkcs11  # noqa: PLC0415 - an optional part

        # A login belongs to the process: let go of it.
        pkcs11.lib(str(place.module)).reinitialize()
        place.pin_file.write_text("no-such-pin")
        with pytest.raises(KeyUnavailable) as refused:
            Pkcs11Provider(place).versions()
        assert "no-such-pin" not in str(refused.value)

    def test_a_missing_pin_file_is_unavailable(self, place: Pkcs11Place) -> None:
        place.pin_file.unlink()
        with pytest.raises(KeyUnavailable, match="PIN"):
            Pkcs11Provider(place).create_version()

    def test_a_missing_module_is_unavailable(self, place: Pkcs11Place) -> None:
        gone = Pkcs11Place(Path("/nowhere/module.so"), place.token, place.pin_file, "root")
        with pytest.raises(KeyUnavailable):
            Pkcs11Provider(gone).versions()


# Moving


@pytest.mark.usefixtures("clock")
def test_a_house_moves_into_a_token(house: KeyHouse, place: Pkcs11Place, clock: FixedClock) -> None:
    token = Pkcs11Provider(place)
    controller = house.keyring.add_controller("miles")
    stays, goes = person(house.keyring, controller), person(house.keyring, controller)
    erase(house.keyring, controller, goes.subject)
    both = RoutedProvider((house.provider, token))
    with open_keyring(house.dsn, both, clock) as moving:
        doors = doors_over(house.dsn, both, clock)
        (record,) = finalise(moving.vault, doors, Terms(0, 0)).records
    assert (record.from_version, record.to_version) == (1, 2)
    assert (house.provider.versions(), token.versions()) == ((), (2,))
    open_sample(house.dsn, token, 2, every=True)
    with open_keyring(house.dsn, token, clock) as moved:
        assert moved.open(controller, stays.requests) == [Present(b"Kari")] * 3
        erase(moved, controller, stays.subject)
        doors = doors_over(house.dsn, token, clock)
        (record,) = finalise(moved.vault, doors, Terms(0, 0)).records
    assert [ended.kind for ended in record.destroyed] == ["object-destroyed"]
    assert token.versions() == (3,)


def test_with_one_of_two_away_nobody_claims_to_know_what_is_held(tmp_path: Path) -> None:
    here, away = (LocalFileProvider(tmp_path / name) for name in ("here", "away"))
    here.create_version()
    away.create_version(1)
    both = RoutedProvider((here, away))
    wrapped = both.wrap(1, KEY, PLACE)
    (tmp_path / "away").unlink()
    assert RoutedProvider((here, away)).unwrap(1, wrapped, PLACE) == KEY
    with pytest.raises(KeyUnavailable):
        both.versions()


def test_the_last_of_several_makes_the_next_version(tmp_path: Path) -> None:
    old, new = (LocalFileProvider(tmp_path / name) for name in ("old", "new"))
    old.create_version()
    new.create_version(1)
    assert RoutedProvider((old, new)).create_version() == 3
    assert (old.versions(), new.versions()) == ((1,), (2, 3))


# Naming


def test_a_token_is_named_by_its_uri() -> None:
    text = "pkcs11:token=my%20house;object=kek?module-path=/usr/lib/x.so&pin-source=file:/etc/pin"
    named = Pkcs11Place(Path("/usr/lib/x.so"), "my house", Path("/etc/pin"), "kek")
    assert (read_kek(text), read_kek("file")) == (named, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "vault:x",
        "pkcs11:token=t",
        "pkcs11:?module-path=/x&pin-source=/y",
        "pkcs11:token=t?module-path=/x&pin-value=1234",
    ],
)
def test_another_name_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(BadKek) as refused:
        read_kek(text)
    assert "1234" not in str(refused.value)
