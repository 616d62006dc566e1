"""Regular expressions from people, run by RE2 within a bounded number of steps.

RE2 takes at most (size of the program) x (bytes of the text) steps, whatever the pattern: linear in
the text, but a long pattern over a long text is minutes. So both are counted before it is called;
what was counted is the same on every machine, which a deadline would not be.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from workbench.errors import InputError
from workbench.scoring.wording import folded, quoted

MOST_LETTERS = 2_000
"""The longest pattern, in characters."""

MOST_PROGRAM = 10_000
"""The largest program that a pattern may become, in RE2's instructions: a letter is one, `\\pL`
(any letter of any script) is 1,300, and `{20}` is twenty times what stands before it."""

MOST_STEPS = 27_000_000
"""Steps of one search, `Ready.places` x bytes of the text: 0.2 s at the very worst (7.1 ns each,
the most of 50 patterns made to be slow), milliseconds as a rule."""

# With more memory RE2 keeps building states that it needs once (17 s for a 5 kB pattern on 20 kB);
# with this much it turns to the method that the steps above count.
_MEMORY = 1024 * 1024
_LAST_OF_LATIN_1 = "\xff"


class Ready(NamedTuple):
    """A pattern that can be looked for. `places` is in how many places of it a text can be at
    once: its program's size for an alphabet of single bytes, where `\\pL` and a dot are one."""

    program: Any
    places: int

    @property
    def most_bytes(self) -> int:
        """The longest text that it may be looked for in."""
        return MOST_STEPS // self.places


def search(pattern: str, text: str, ignore_case: bool) -> str | None:
    """The first piece of the text that matches, or None.

    Raises InputError for a bad pattern, and for a text that is too long for it.
    """
    ready = compiled(pattern, ignore_case)
    size = len(text.encode(errors="replace"))
    if size > ready.most_bytes:
        raise InputError(
            f"The text is too long for the pattern {quoted(pattern)}: {size:,} bytes, where "
            f"{ready.most_bytes:,} are the most for a pattern of its size.",
            "Use a simpler pattern, or ask for shorter answers.",
        )
    found = ready.program.search(text)
    return None if found is None else str(found.group())


def would_match_plain(pattern: str, text: str, ignore_case: bool) -> bool:
    """Whether the pattern matches only with plain apostrophes, quotes, dashes and spaces."""
    plain = folded(text, ignore_case=False)
    try:
        return plain != text and search(pattern, plain, ignore_case) is not None
    except InputError:  # The plain text may be longer (“…” is three dots), and too long.
        return False


@lru_cache(maxsize=64)
def compiled(pattern: str, ignore_case: bool) -> Ready:
    """The pattern, ready to use. Raises InputError saying what RE2 does not know, or what is too
    much."""
    import re2

    if len(pattern) > MOST_LETTERS:
        raise _too_large(
            pattern, f"it has {len(pattern):,} characters, {MOST_LETTERS:,} are the most"
        )
    try:
        program = re2.compile(pattern, _options(ignore_case))
    except re2.error as error:
        reason = error.args[0] if error.args else "it is not a pattern"
        text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        if "too large" in text:
            raise _too_large(pattern, f"it grows beyond {MOST_PROGRAM:,} steps") from error
        raise InputError(
            f"The pattern {quoted(pattern)} cannot be used: {text}.",
            "Look-around (?=…) and back-references \\1 are not supported, so that every check "
            "ends in time.",
        ) from error
    if program.programsize > MOST_PROGRAM:
        raise _too_large(
            pattern, f"it grows to {program.programsize:,} steps, {MOST_PROGRAM:,} are the most"
        )
    return Ready(program, _places(pattern, ignore_case) or program.programsize)


def _places(pattern: str, ignore_case: bool) -> int:
    """The program's size for single bytes; 0 where the pattern has no such form (`\\x{430}`)."""
    import re2

    options = _options(ignore_case)
    options.encoding = re2.Options.Encoding.LATIN1
    # Whatever is beyond is one letter here; the last one, which ends any range that it ended.
    narrow = "".join(c if c <= _LAST_OF_LATIN_1 else _LAST_OF_LATIN_1 for c in pattern)
    try:
        return int(re2.compile(narrow.encode("latin-1"), options).programsize)
    except re2.error:
        return 0


def _options(ignore_case: bool) -> Any:
    import re2

    options = re2.Options()
    options.case_sensitive = not ignore_case
    options.log_errors = False
    options.max_mem = _MEMORY
    # Only the whole match is asked for; keeping its groups multiplies the work.
    options.never_capture = True
    return options


def _too_large(pattern: str, why: str) -> InputError:
    return InputError(
        f"The pattern {quoted(pattern)} is too large: {why}.",
        "Shorten it: repeat less ({1,20} is twenty times its piece), use \\w for \\pL, or make "
        "several criteria of it.",
    )
