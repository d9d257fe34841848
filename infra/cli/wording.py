"""The sentences and headings people read, by language; machines get enums and never these.

Two files, ``texts/en.toml`` and ``texts/nb.toml``, hold the same keys. A missing key is a defect
that a test finds, so looking one up simply raises. Help and errors are English in every language.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's texts."""

    language: str
    texts: Mapping[str, Mapping[str, str]]

    def text(self, group: str, key: str, **values: object) -> str:
        """Return a text with its placeholders filled in.

        Raises:
            KeyError: there is no such text, or a placeholder got no value.
        """
        return self.texts[group][key].format_map(values)

    def word(self, group: str, key: object) -> object:
        """Return the word for a stored one; what has none (an id, a number) stays as it is."""
        return self.texts.get(group, {}).get(key, key) if isinstance(key, str) else key

    def field(self, name: str) -> str:
        """Return the name of a value: a field's, or a category's when nothing of it is left."""
        if name in self.texts["field"]:
            return self.text("field", name)
        return self.category(name)

    def category(self, name: str) -> str:
        """Return a category's name; ``documents/<id>`` and its like keep their id."""
        kind, _, thing = name.partition("/")
        if kind not in self.texts["category"]:
            return name.replace("_", " ")
        return self.text("category", kind, id=thing)


def wording(language: str) -> Wording:
    """Load a language's texts: ``en`` or ``nb``."""
    source = resources.files("infra.cli").joinpath("texts", f"{language}.toml")
    return Wording(language, tomllib.loads(source.read_text(encoding="utf-8")))
