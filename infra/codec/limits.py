"""How much one message, one block and one value may hold; beyond it an item is parked as oversize.

A hundred times what an honest source sends, and small enough that a batch of 500 stays in memory.
"""

FACT_BYTES_MAX = 256 * 1024
"""One encoded fact; a long CV's employment section is 20 kB."""

TEXT_CHARS_MAX = 50_000
"""One text; the longest cover letters are 10,000 characters."""

LIST_ITEMS_MAX = 500
"""One list, of skills or answers."""

REMOTE_ID_CHARS_MAX = 255
"""One id of a source: they are numbers, UUIDs or short paths."""

SOURCE_CHARS_MAX = 64
"""The registered name of an upstream system."""

CONTACTS_MAX = 20
"""Contact hints of one envelope: each costs a look-up row."""

BLOCK_BYTES_MAX = 4 * 1024 * 1024
"""One block of a container, as stored and after inflating; writers use 16 to 64 kB."""

BLOCK_RECORDS_MAX = 100_000
"""Records one block may announce: an envelope takes at least seven bytes, writers hold hundreds."""

DAMAGED_BYTES_MAX = 256 * 1024
"""What is kept of a damaged stretch for whoever repairs the feed; the rest stays in the file."""

QUANTITY_MAX = 2**40
"""A size in bytes a source may state: a tebibyte, far below where a rounded number overflows."""

HEADER_BYTES_MAX = 128 * 1024
"""A container's header: its schema, twice over."""
