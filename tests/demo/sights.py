"""What a demonstration counts when everything is kept."""

from collections import Counter
from datetime import date
from pathlib import Path
from uuid import UUID

from consumers.tally import Tally
from domain.values import SubjectId
from infra.demo.silence import Silence, Silent, Tried
from infra.demo.story import Sight
from infra.demo.wish import Wish
from infra.feeds.manifest import Ambiguous, Counts, FileTruth, Manifest
from infra.proof.scan import Scan
from infra.proof.tokens import Trial, Trials
from infra.views.queries.answers import Value, ValueState
from infra.views.queries.board import Board, Column
from infra.views.queries.show import Dossier
from infra.views.queries.slots import PersonStatus, Standing

TOKENS = 7
RECORDED = 12
OTHERS = Trial(tried=90, opened=90, digest=b"others")
CLEAN = Scan(files=3, size_bytes=100, found=())
PLANTED = Scan(files=3, size_bytes=100, found=(Path("heap"),))
TAKEN = Tally(read=13, recorded=RECORDED, people=4, parked=Counter(oversize=1))
AGAIN = Tally(read=RECORDED, duplicate=RECORDED - 2, refused=Counter(late_fact=2))
NOBODY = Ambiguous(0, ())
MANIFEST = Manifest(
    candidates=4,
    seed=7,
    files=(FileTruth("a.avro", "a", "a.mail", 1, Counts(13, RECORDED, 0, Counter(oversize=1), 4)),),
    people=(),
    within_controller=NOBODY,
    across_controllers=NOBODY,
)


def hers(opened: int, tried: int = TOKENS) -> Trial:
    return Trial(tried=tried, opened=opened, digest=b"hers")


def board(new: int = 2) -> Board:
    return Board((Column("new", new, (), None), Column("hired", 1, (), None)), new + 1)


def dossier(name: ValueState) -> Dossier:
    standing = Standing(PersonStatus.ACTIVE, None, (), (), restricted=False)
    shown = Value("name", name)
    subject = SubjectId(UUID(int=1))
    return Dossier(subject, (subject,), standing, shown, (), (), complete=True)


BEFORE = Sight(dossier(ValueState.PRESENT), board(), Trials(hers(TOKENS), OTHERS), CLEAN)
AFTER = Sight(dossier(ValueState.SHREDDED), board(), Trials(hers(0), OTHERS), CLEAN)


def tried(approached: int = 3, signed_in: int = 9) -> Tried:
    return Tried(Trial(3, approached, b""), Trial(9, signed_in, b""))


SILENCE = Silence(
    approached=Silent(SubjectId(UUID(int=2)), date(2026, 10, 6), date(2026, 11, 6)),
    signed_in=Silent(SubjectId(UUID(int=3)), date(2026, 10, 5), date(2030, 10, 5)),
    before=tried(),
    eve=tried(),
    after=tried(approached=0),
    overdue=4,
    expired=1,
    again=0,
)
WISH = Wish(
    before=Trial(5, 5, b""),
    after=Trial(5, 0, b""),
    found_again=Tally(read=1, refused=Counter(suppressed=1)),
    nobody=0,
    applied=Tally(read=2, recorded=2, people=1),
    herself=1,
)
