"""Made once, in the process from which all others are forked: schemas are parsed there."""

from infra.codec.facts import FactCodec
from infra.codec.upstream import UpstreamCodec
from schemas.contracts import contracts

FACTS = FactCodec()
UPSTREAM = UpstreamCodec()
CONTRACTS = contracts()
