"""The reliability page lists what the crash tests do, and nothing else."""

from tests.house.reliability_page import PAGE, page


def test_the_page_is_what_the_crash_tests_do() -> None:
    assert PAGE.read_text() == page(), "run: make reliability"
