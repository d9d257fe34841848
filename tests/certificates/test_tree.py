"""The tree over the journal is the one of RFC 9162, and a path leads from one leaf alone."""

from hypothesis import given
from hypothesis import strategies as st

from infra.certificates.tree import leaf_of, levels_of, path_of, root_over

LEAVES = [
    leaf_of(bytes.fromhex(content))
    for content in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
"""The test vectors that implementations of certificate transparency share."""

places = st.integers(1, 70).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1)))


def test_the_roots_are_those_of_other_implementations() -> None:
    assert {n: levels_of(LEAVES[:n])[-1][0].hex() for n in ROOTS} == ROOTS


@given(places)
def test_the_path_of_every_leaf_leads_to_the_root(place: tuple[int, int]) -> None:
    size, index = place
    leaves = [leaf_of(bytes([n])) for n in range(size)]
    levels = levels_of(leaves)
    path = path_of(levels, index)
    assert root_over(leaves[index], index, size, path) == levels[-1][0]


@given(places, st.integers(-1, 80))
def test_a_path_leads_from_no_other_place(place: tuple[int, int], other: int) -> None:
    size, index = place
    levels = levels_of([leaf_of(bytes([n])) for n in range(size)])
    found = root_over(levels[0][index], other, size, path_of(levels, index))
    assert (found == levels[-1][0]) == (other == index)


@given(places)
def test_a_path_that_was_cut_or_lengthened_leads_nowhere(place: tuple[int, int]) -> None:
    size, index = place
    levels = levels_of([leaf_of(bytes([n])) for n in range(size)])
    path = path_of(levels, index)
    assert root_over(levels[0][index], index, size, [*path, bytes(32)]) is None
    if path:
        assert root_over(levels[0][index], index, size, path[:-1]) is None
