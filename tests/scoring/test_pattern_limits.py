"""Patterns are counted before they run: what could take minutes is refused, or unscored."""

import random
import re
import subprocess
import sys
import threading

import pytest

from tests import pace
from workbench.domain.criteria import Scorer, ScorerKind
from workbench.domain.scores import Judgement, Outcome
from workbench.errors import InputError
from workbench.scoring import patterns
from workbench.scoring.checks import Subject, check, refuse_unusable

LONG = 1_000_000

TOO_LARGE = {
    "six thousand letters": "|".join(f"(a|b)*{chr(97 + i % 26)}" for i in range(700)),
    "many words": "|".join(f"word{i}" for i in range(400)),
    "repeats of repeats": "((a{1,30}){1,30}){1,30}",
    "every letter many times": r"[\pL\pN]{1,200}x",
    "every letter in either case": r"(?i)\pL{0,900}",
    "twelve thousand steps": "(?:abcdefghijkl){1000}",
}


def judged(pattern: str, output: str, **settings: bool) -> Judgement:
    scorer = Scorer(ScorerKind.REGEX, {"pattern": pattern, **settings})
    return check(scorer, Subject(output, {}))


@pytest.mark.parametrize("pattern", TOO_LARGE.values(), ids=TOO_LARGE.keys())
def test_a_pattern_that_grows_too_large_is_refused_when_it_is_entered(pattern: str) -> None:
    with pytest.raises(InputError) as caught:
        refuse_unusable(Scorer(ScorerKind.REGEX, {"pattern": pattern}))
    assert caught.value.hint
    assert len(caught.value.message) < 250


@pytest.mark.parametrize("pattern", TOO_LARGE.values(), ids=TOO_LARGE.keys())
def test_one_that_was_stored_before_leaves_its_answers_unscored_with_the_reason(
    pattern: str,
) -> None:
    found = judged(pattern, "a" * 100)
    assert found.outcome is Outcome.UNSCORED
    assert "pattern" in found.reason


# Each takes another of the engine's ways: states that never repeat, counters, choices, a late end.
SLOW = [
    "[ab]*a[ab]{20}c",
    "[ab]*a[ab]{300}c",
    "a.{500}z",
    ".{0,900}Q",
    "(x?){999}Q",
    "(?:(?:a?){20}){20}Q",
    "[ab]{0,999}[ab]{0,900}Q",
    "(?:a.{0,30}){20}Z",
    "|".join(f"(a|b)*{chr(99 + i % 20)}" for i in range(200)),
    "(x+x+)+y",
    "(a+)+$",
    r"^(\w+\s?)*$",
    r"(?i)\pL*a.{0,300}\pL{2}9",
    r"[\pLa]*a[ab]{60}\pL9",
    r".*a.{40}\x{430}9",
    "[ab]*a[abбв]{60}ю",
    # And what a table of 50 found to be slowest for each step that is counted.
    *(f"[ab]*a[ab]{{{n}}}c" for n in (5, 8, 10, 12, 15, 30, 60, 100)),
    *("[ab]*a" + "[ab]" * n + "c" for n in (8, 12, 16, 25, 40)),
    *(f"(?:a|b)*a(?:a|b){{{n}}}$" for n in (10, 20)),
    *(f".*a.{{{n}}}z" for n in (8, 12, 20, 100)),
    *(r"\w*a\w{12}9", "(?i)[a-c]*A[a-c]{14}Z", "(a|ab|b)*c", "(?:[ab]+,?){30}!"),
    *("(?:a*b*){20}Z", "a*a*a*a*a*a*a*a*Z", "(?s).*a.{15}.*b.{15}z", r"\b(?:ab|ba)+\b.{10}z"),
    *("(?:[ab]{3}){12}c", "[ab]{10,20}a[ab]{10,20}Z", "(?:aa|ab){1,50}Z", "[^c]*a[^c]{16}c"),
    *("(?:.a){12}Z", "(?:a.?){30}Z", "(?:a?b?){50}Z"),
]


def _shuffled(length: int) -> str:
    """Letters a and b in no order: the text that needs the most states."""
    return f"{random.Random(7).getrandbits(length):0{length}b}".translate({48: "a", 49: "b"})


@pytest.mark.parametrize("pattern", SLOW)
def test_a_search_takes_no_more_steps_than_are_allowed(pattern: str) -> None:
    fits = patterns.compiled(pattern, False).most_bytes
    over = judged(pattern, "ab" * (fits // 2 + 1))
    assert over.outcome is Outcome.UNSCORED
    assert f"{fits:,} are the most" in over.reason
    text = _shuffled(min(fits, LONG))
    assert judged(pattern, text).outcome is not Outcome.UNSCORED
    assert pace.is_at_most(80, lambda: patterns.search(pattern, text, ignore_case=False))


def test_bytes_are_counted_and_not_letters() -> None:
    pattern = "[ab]*a[ab]{300}c"
    fits = patterns.compiled(pattern, False).most_bytes
    assert judged(pattern, "b" * fits).outcome is Outcome.FAIL
    assert judged(pattern, "é" * (fits // 2 + 1)).outcome is Outcome.UNSCORED


def test_a_pattern_that_must_not_match_is_no_pass_on_a_text_that_was_not_searched() -> None:
    found = judged("(?:a?){900}Q", "a" * 200_000, must_match=False)
    assert found.outcome is Outcome.UNSCORED


@pytest.mark.parametrize(
    "pattern",
    [
        r"\b(?:refund|return|exchange)s?\b",
        r"(?i)order\s+(?:number|id)\s*[:#]?\s*\d{4,10}",
        r"[\w.+-]+@[\w-]+\.[\w.]+",
        r"^\s*\{.*\}\s*$",
    ],
)
def test_an_everyday_pattern_runs_on_half_a_megabyte(pattern: str) -> None:
    assert judged(pattern, "The refund is on its way. " * 20_000).outcome is not Outcome.UNSCORED


def test_a_pattern_over_every_script_runs_on_a_page() -> None:
    assert judged(r"[\pLё]{2,}\?", "Ответ на вопрос? " * 1_000).outcome is Outcome.PASS


def test_letters_of_the_match_are_still_quoted_without_groups() -> None:
    assert patterns.search(r"TB-(\d+)(-)?", "see TB-77", ignore_case=False) == "TB-77"


def test_other_threads_go_on_while_a_pattern_is_looked_for() -> None:
    pattern, turns, is_done = "[ab]*a[ab]{40}c", 0, threading.Event()
    text = _shuffled(min(LONG, patterns.compiled(pattern, False).most_bytes))

    def search() -> None:
        patterns.search(pattern, text, ignore_case=False)
        is_done.set()

    thread = threading.Thread(target=search)
    thread.start()
    while not is_done.wait(0.002):
        turns += 1
    thread.join()
    # A search that held the interpreter would let this loop run once.
    assert turns > 3


@pytest.mark.parametrize(
    "pattern",
    ["(" * 990 + "a" + ")" * 990, "(?:" * 390 + "a" + ")*" * 390, "[" * 2_000, "a" + "*" * 1_999,
     "a" + "|a" * 999, "\\" * 1_999, "(?i" * 600, "x{1}" * 500],
)  # fmt: skip
def test_no_pattern_within_the_limit_overflows_a_small_stack(pattern: str) -> None:
    code = (
        "import sys, threading\n"
        "from workbench.errors import InputError\n"
        "from workbench.scoring import patterns\n"
        "def go():\n"
        "    try: patterns.search(sys.argv[1], 'aaa' * 1000, True)\n"
        "    except InputError: pass\n"
        "threading.stack_size(512 * 1024)\n"
        "thread = threading.Thread(target=go)\n"
        "thread.start(); thread.join()\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, pattern], capture_output=True, check=False)
    assert ended.returncode == 0
    assert not ended.stderr


def test_a_remark_about_plain_marks_never_costs_the_score() -> None:
    # A mark that becomes 18 letters (ﷺ) makes the plain text longer than may be searched.
    pattern = "[ab]*a[ab]{300}c"
    fits = patterns.compiled(pattern, False).most_bytes
    found = judged(pattern, "\ufdfa" * (fits // 3))
    assert found.outcome is Outcome.FAIL
    assert re.match("Nothing matches", found.reason)
