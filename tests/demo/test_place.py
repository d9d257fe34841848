"""The demonstration touches nothing of the house beside it."""

from pathlib import Path

from infra.demo.place import prepare
from infra.settings import read_settings

URI = "pkcs11:token=house?module-path=/usr/lib/module.so&pin-source=/etc/pin"


def test_its_root_key_is_a_file_of_its_own_and_no_copy_is_listed(tmp_path: Path) -> None:
    """A root made in the house's token, or destroyed in its escrow copies, would be the house's."""
    told = {"HOME": str(tmp_path / "home"), "KEK": URI, "ESCROW": str(tmp_path / "copy.key")}
    asked = read_settings({f"GLEMMEBOK_{name}": value for name, value in told.items()})
    made = prepare(asked).settings
    assert asked.kek != (None,)
    assert (made.kek, made.escrow) == ((None,), ())
    assert made.root_key.is_relative_to(made.home)
