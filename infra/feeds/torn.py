"""Tears a container file: its last block is cut in the middle, as by a copy that broke off."""

from pathlib import Path

from fastavro import block_reader


def cut_last_block(path: Path) -> int:
    """Cut a container inside its last block; return how many records stand before the cut.

    Raises:
        ValueError: the container holds no block.
    """
    whole, last = 0, None
    with path.open("rb") as file:
        for block in block_reader(file):
            whole += last.num_records if last else 0
            last = block
    if last is None:
        message = "an empty container has no block to cut"
        raise ValueError(message)
    with path.open("r+b") as file:
        file.truncate(last.offset + last.size // 2)
    return whole
