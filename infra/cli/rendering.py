"""How a value is written for people: itself, or the word for why it cannot be read."""

from collections.abc import Mapping, Sequence

from domain.values import Instant, iso_of
from infra.cli.wording import Wording
from infra.views.queries.answers import Value, ValueState

Row = tuple[str, str]


def shown(words: Wording, value: Value) -> str:
    """Write a value on one or few lines."""
    if value.state is not ValueState.PRESENT:
        return f"({words.text('value', value.state.value)})"
    return plain(words, value.value)


def plain(words: Wording, value: object) -> str:
    """Write a present value: plain lists by comma, records by field, a line a record."""
    if value is None:
        return "-"
    if isinstance(value, Mapping):
        told = [f"{words.field(k)}: {plain(words, v)}" for k, v in value.items() if v is not None]
        return ", ".join(told)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        records = any(isinstance(item, Mapping) for item in value)
        return ("\n" if records else ", ").join(plain(words, item) for item in value)
    return str(value)


def value_rows(words: Wording, values: Sequence[Value]) -> list[Row]:
    """Write values with their names, a row each; a record is a row a field, what is not given none.

    Values that cannot be read stand as their category and the reason.
    """
    rows: list[Row] = []
    for value in values:
        if value.state is ValueState.PRESENT and isinstance(value.value, Mapping):
            inner = {k: v for k, v in value.value.items() if v not in (None, [], "")}
            rows += [(words.field(k), plain(words, v)) for k, v in inner.items()]
        elif value.state is not ValueState.PRESENT or value.value not in (None, [], ""):
            rows.append((words.field(value.name), shown(words, value)))
    return rows


def sentence(words: Wording, topic: str, source: str, clear: Mapping[str, object]) -> str:
    """Tell a fact in a sentence, and who it is from."""
    told = words.text(
        "sentence", topic, source=source, **{k: words.word(k, v) for k, v in clear.items()}
    )
    return told if source in told else f"{told}, {source}"


def minute(instant: Instant) -> str:
    """Write an instant to the minute, in UTC."""
    return iso_of(instant)[:16].replace("T", " ")


def day(instant: Instant) -> str:
    """Write an instant's day, in UTC."""
    return iso_of(instant)[:10]
