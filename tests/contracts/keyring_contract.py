"""What every keyring must do: the cases, run on memory and on PostgreSQL.

A test class gives ``keyring``, ``controller`` and ``clock`` as fixtures; each test gets its own
controller.
"""

from tests.contracts.keyring_admission_contract import AdmissionContract
from tests.contracts.keyring_erasure_contract import ErasureContract
from tests.contracts.keyring_finding_contract import FindingContract
from tests.contracts.keyring_journal_contract import JournalContract
from tests.contracts.keyring_lateness_contract import LatenessContract
from tests.contracts.keyring_opening_contract import OpeningContract
from tests.contracts.keyring_outliving_contract import OutlivingContract
from tests.contracts.keyring_suppression_contract import SuppressionContract


class KeyringContract(
    AdmissionContract,
    FindingContract,
    OpeningContract,
    ErasureContract,
    OutlivingContract,
    LatenessContract,
    JournalContract,
    SuppressionContract,
):
    """All the cases."""
