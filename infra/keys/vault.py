"""What the parts of the keyring share: database, tree, cache, witness and clock."""

from dataclasses import dataclass

from infra.clock import Clock
from infra.keys.cache import KeyCache
from infra.keys.database import KeyDatabase
from infra.keys.tree import KeyTree
from infra.keys.witness import Witness


@dataclass(frozen=True, slots=True)
class Vault:
    """One process's hold on the key database."""

    database: KeyDatabase
    tree: KeyTree
    cache: KeyCache
    witness: Witness
    clock: Clock
