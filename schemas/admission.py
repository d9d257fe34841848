"""That every field of a published schema says what it is, on top of the shape rules.

Every leaf (string, enum, number, boolean, bytes, fixed, and lists of them) has an ``x-class``:

- P personal, F free text, S special, T telemetry: with an ``x-category`` that fits the class, its
  own or the enclosing field's;
- M clear: with an ``x-clear`` reason;
- I the source's own id: with ``x-clear``, ``x-keyed`` and ``x-becomes``; or with ``x-clear`` and
  ``x-mentions``, the role of another person, whom it names and who alone keeps it.

A field of that other person's says so in ``x-about``, with the role.

Bytes that carry something classified elsewhere say so in ``x-carries`` instead. Inside a personal
field everything is personal.
"""

from collections.abc import Iterator, Mapping

from schemas.shape_rules import Node, Objection, SchemaNotAdmitted, fields_of, read_shape

_ASSESSMENT = "assessment/{assessment_id}"
_DOCUMENT = "documents/{document_id}"
_CATEGORIES: Mapping[str, frozenset[str]] = {
    "P": frozenset({"profile", "reference", _ASSESSMENT, _DOCUMENT}),
    "F": frozenset({"profile", "communications", "reference", _DOCUMENT}),
    "S": frozenset({"special", _ASSESSMENT}),
    "T": frozenset({"telemetry"}),
}
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "M": ("x-clear",),
    "I": ("x-clear", "x-keyed", "x-becomes"),
}
_MENTIONING = ("x-clear", "x-mentions")
"""What an id needs that is another person's and becomes no field of the fact."""


def admit(text: str | bytes) -> None:
    """Hold a published schema against all the rules.

    Raises:
        SchemaNotAdmitted: with the first objection.
    """
    fields = list(fields_of(read_shape(text), ""))
    roles = {field.get("x-mentions") for field in fields}
    for field in fields:
        _check(field, str(field["name"]), None)
        if field.get("x-about") not in roles | {None}:
            raise SchemaNotAdmitted(Objection.MISCLASSIFIED, str(field["name"]))


def _check(field: Node, path: str, enclosing: object) -> None:
    """Hold a field, and what is nested in it, against the class rules."""
    category = field.get("x-category", enclosing)
    nested = list(_nested(field["type"]))
    for inner in nested:
        _check(inner, f"{path}.{inner['name']}", category)
    carries = field["type"] == "bytes" and "x-carries" in field
    holds_records_only = nested and "x-class" not in field and category is None
    if not carries and not holds_records_only:
        _check_class(field, path, category)


def _check_class(field: Node, path: str, category: object) -> None:
    declared = str(field.get("x-class"))
    if declared in _CATEGORIES:
        if category not in _CATEGORIES[declared]:
            raise SchemaNotAdmitted(Objection.MISCLASSIFIED, path)
    elif declared in _REQUIRED:
        _check_clear(field, path, category)
    else:
        raise SchemaNotAdmitted(Objection.UNCLASSIFIED, path)


def _check_clear(field: Node, path: str, category: object) -> None:
    if category is not None:
        raise SchemaNotAdmitted(Objection.MISCLASSIFIED, path)
    required = _MENTIONING if "x-mentions" in field else _REQUIRED[str(field["x-class"])]
    if not all(field.get(attribute) for attribute in required):
        raise SchemaNotAdmitted(Objection.UNCLASSIFIED, path)


def _nested(node: object) -> Iterator[Node]:
    """Find the fields of the records inside a type, one level down."""
    if isinstance(node, list):
        for branch in node:
            yield from _nested(branch)
    elif isinstance(node, dict) and node["type"] == "record":
        yield from fields_of(node, "")
    elif isinstance(node, dict):
        yield from _nested(node.get("items", node.get("values", node["type"])))
