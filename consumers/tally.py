"""What became of the items a reader took in, counted by outcome and reason.

Every item read ends in exactly one count: recorded, duplicate, unchanged, refused or parked.
"""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Running counts. ``people`` counts persons seen for the first time."""

    read: int = 0
    recorded: int = 0
    duplicate: int = 0
    unchanged: int = 0
    people: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    parked: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Take another tally's counts into this one."""
        self.read += other.read
        self.recorded += other.recorded
        self.duplicate += other.duplicate
        self.unchanged += other.unchanged
        self.people += other.people
        self.refused.update(other.refused)
        self.parked.update(other.parked)

    def as_json(self) -> dict[str, object]:
        """Give the documented shape: counts, and reasons sorted by name."""
        return {
            "read": self.read,
            "recorded": self.recorded,
            "duplicate": self.duplicate,
            "unchanged": self.unchanged,
            "people": self.people,
            "refused": dict(sorted(self.refused.items())),
            "parked": dict(sorted(self.parked.items())),
        }
