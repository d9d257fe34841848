"""Every field's line is known, whatever way the document writes it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.located import FILE_MAX, ControllerFileError, lines_of, read_file

WRITTEN = """# a comment
plain = 1
dotted.inner = 2

[table]  # a header
"quoted key" = '''
[not.a.header]
key = "not a key"
'''
after = [
  1,  # not = a key
  2,
]
inline = {x = 1, y = 2}

[[rows]]
name = "first"
[rows.sub]
deep = true
[[rows.subs]]
n = 1
[[rows.subs]]
n = 2

[[rows]]
name = "second"
[[rows.subs]]
n = 3
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("plain", 2),
        ("dotted.inner", 3),
        ("table", 5),
        ("table.quoted key", 6),
        ("table.after", 10),
        ("table.inline", 14),
        ("rows", 16),
        ("rows[0].name", 17),
        ("rows[0].sub.deep", 19),
        ("rows[0].subs[1].n", 23),
        ("rows[1]", 25),
        ("rows[1].subs[0].n", 28),
    ],
)
def test_a_field_has_its_line(path: str, line: int) -> None:
    assert lines_of(WRITTEN)[path] == line


def test_what_stands_in_a_text_is_no_field() -> None:
    assert [path for path in lines_of(WRITTEN) if "not" in path] == []


@given(
    st.lists(st.sampled_from(["", "# c", "[t{n}]", "k{n} = [\n 1,\n]", 'k{n} = "\\n"', "[[r]]"]))
)
def test_no_field_is_placed_outside_the_document(parts: list[str]) -> None:
    text = "\n".join(part.replace("{n}", str(n)) for n, part in enumerate(parts))
    lines = text.split("\n")
    for path, line in lines_of(text).items():
        assert path.split(".")[-1].split("[")[0] in lines[line - 1]


def wrong(folder: Path, content: bytes) -> ControllerFileError:
    file = folder / "prove.toml"
    file.write_bytes(content)
    with pytest.raises(ControllerFileError) as caught:
        read_file(file)
    return caught.value


def test_a_document_that_cannot_be_read_is_named_with_its_line(tmp_path: Path) -> None:
    error = wrong(tmp_path, b'a = 1\nb = \nc = "secret"\n')
    assert (error.file, error.line, error.field) == ("prove.toml", 2, "file")
    assert "secret" not in str(error)


def test_a_document_that_ends_too_soon_is_named_with_its_last_line(tmp_path: Path) -> None:
    assert wrong(tmp_path, b"a = 1\nb = [\n").line == 3


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    assert "UTF-8" in str(wrong(tmp_path, b"a = '\xff'"))


def test_a_file_nobody_wrote_by_hand_is_refused(tmp_path: Path) -> None:
    assert "longer" in str(wrong(tmp_path, b"#" * (FILE_MAX + 1)))


def test_lines_are_the_same_with_either_line_ending(tmp_path: Path) -> None:
    file = tmp_path / "prove.toml"
    file.write_bytes(WRITTEN.replace("\n", "\r\n").encode())
    assert read_file(file).lines == lines_of(WRITTEN)


def test_a_missing_field_is_named_with_the_line_of_its_table(tmp_path: Path) -> None:
    (tmp_path / "prove.toml").write_text(WRITTEN, encoding="utf-8")
    row = read_file(tmp_path / "prove.toml").tables("rows")[1]
    with pytest.raises(ControllerFileError, match=r"^prove\.toml:25: rows\[1\]\.title: must be"):
        row.text("title")
