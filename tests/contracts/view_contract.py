"""What every implementation of a view must do: the cases, run on memory and on PostgreSQL."""

from tests.contracts.view_folding_contract import FoldingContract
from tests.contracts.view_purging_contract import PurgingContract
from tests.contracts.view_rebuilding_contract import RebuildingContract


class ViewContract(FoldingContract, PurgingContract, RebuildingContract):
    """All the cases. A subclass gives ``make``: a projection's view, the same when asked again."""
