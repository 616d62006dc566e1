"""A file of results that were made elsewhere: every line is right, or nothing is used."""

import gc
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter

from workbench.domain.criteria import Scale
from workbench.domain.scores import OUTSIDE, Outcome, is_settler
from workbench.errors import InputError
from workbench.exchange.results import levels as results_levels
from workbench.exchange.results.shape import Answered, Level, Results, Scored
from workbench.exchange.safe.spreadsheet import without_guard
from workbench.exchange.tables import reading
from workbench.exchange.tables.shape import MARK, NeedsChoice, Reading, Table, clean

NEEDED = ("case", "variant", "trial", "criterion", "value")
OPTIONAL = ("output", "slice", "latency_ms", "cost", "rater", "group")

_MOST_TRIALS = 100
_SHOWN = 20
_VALUES = {
    "": Outcome.UNSCORED,
    **dict.fromkeys(("true", "yes", "pass", "1"), Outcome.PASS),
    **dict.fromkeys(("false", "no", "fail", "0"), Outcome.FAIL),
    **dict.fromkeys(("not applicable", "not_applicable", "n/a"), Outcome.NOT_APPLICABLE),
}
_NUMBERS = {"0": 0.0, "1": 1.0}
_FORM = (
    "It is a table (CSV, JSONL, XLSX, Parquet) whose first line names the columns: case, variant, "
    "trial, criterion, value, and optionally output, slice, latency_ms, cost, rater, group."
)


def read(
    name: str,
    data: bytes,
    passes_from: float | None = None,
    scale: Scale | None = None,
    *,
    known: Mapping[str, Level | None] | None = None,
    stated: Reading | None = None,
) -> Results:
    """The results in a file. Raises InputError that lists what is wrong by line.

    Numbers other than 0 and 1 pass from `passes_from`; without it those between 0 and 1 pass from
    one half, and others are refused: nobody can tell whether 4 is good. Those of a criterion lie
    on `scale`, or from 0 to 1 where all of them do. What numbers mean for criteria that are
    `known` already (results_criteria.levels) is kept. `stated` is how the file is to be read.
    """
    return of_table(
        name, reading.read(name, data, stated, is_results=True), passes_from, scale, known
    )


def of_table(
    name: str,
    table: Table,
    passes_from: float | None = None,
    scale: Scale | None = None,
    known: Mapping[str, Level | None] | None = None,
) -> Results:
    """The results in a table that was read from a file of that name, as `read` has them."""
    if passes_from is not None and not math.isfinite(passes_from):
        raise InputError(f"Numbers cannot pass from {passes_from} on.", "Name a number, such as 4.")
    if scale is not None and (passes_from is None or not scale.low < passes_from <= scale.high):
        raise InputError(
            f"From which number of {scale.low:g} to {scale.high:g} on does an answer pass?",
            f"Say it (--passes-from): a number above {scale.low:g}, up to {scale.high:g}.",
        )
    columns = [without_guard(column).casefold() for column in table.columns]
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        said = f"“{name}” has no column {_listed(missing)}."
        for part, others in (("sheet", table.sheets), ("rows_at", table.lists)):
            if len(others) > 1:
                raise NeedsChoice(
                    said, f"{_FORM} Or choose another part of the file.", part, others
                )
        raise InputError(said, _FORM)
    several = {column.casefold() for column in table.doubled}
    several |= {column for column in columns if columns.count(column) > 1}
    doubled = sorted(several & {*NEEDED, *OPTIONAL})
    if doubled:
        raise InputError(f"“{name}” has two columns {_listed(doubled)}.", "Keep one of each.")
    with calm():
        stated = None if passes_from is None else Level(passes_from, scale)
        return _Reading(name, columns, table, results_levels.Levels(stated, known or {})).read()


@contextmanager
def calm() -> Iterator[None]:
    """Collect no garbage meanwhile: of millions of new objects, none circular, each collection
    would look at all, which is half of an import's time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Reading:
    """What is known of a file so far, and what is wrong with it."""

    def __init__(
        self, name: str, columns: Sequence[str], table: Table, levels: results_levels.Levels
    ) -> None:
        self._name = name
        self._table = table
        # What the file does not have is found behind the last cell.
        places = [columns.index(c) if c in columns else -1 for c in (*NEEDED, *OPTIONAL)]
        self._known_cells = itemgetter(*places)
        known = (*NEEDED, *OPTIONAL)
        self._ignored = tuple(clean(c) for c in columns if c not in known)
        self._problems: list[tuple[int, str]] = []
        self._n_problems = 0
        self._off_scale: list[tuple[int, str]] = []
        self._answers: dict[tuple[str, str, int], Answered] = {}
        self._cases: dict[str, tuple[str, ...] | None] = {}
        self._criteria: dict[str, int] = {}
        self._criterion_titles: list[str] = []
        self._levels = levels
        self._tags: dict[str, tuple[str, ...]] = {"": ()}
        self._groups: dict[str, str] = {}

    def read(self) -> Results:
        """All lines. Raises InputError."""
        for line, row in zip(self._table.places, self._table.rows, strict=True):
            self._take(line, row)
        if self._n_problems or self._off_scale:
            self._refuse()
        levels, notes, wrong = self._levels.settled(self._criterion_titles, self._answers.values())
        for line, what in wrong:
            self._wrong(line, what)
        if self._n_problems:
            self._refuse()
        return Results(
            self._name,
            self._cases,
            tuple(dict.fromkeys(answer.variant for answer in self._answers.values())),
            tuple(self._criterion_titles),
            list(self._answers.values()),
            self._ignored,
            levels,
            self._groups,
            (*self._table.notes, *notes),
        )

    def _take(self, line: int, row: Sequence[str | None]) -> None:
        cells = [_bare(cell) if cell else "" for cell in self._known_cells((*row, ""))]
        case, variant, trial, criterion, value = map(str.strip, cells[:5])
        output, tags, latency, cost, rater, group = cells[5:]
        if not (case and variant and trial and criterion):
            said = {"case": case, "variant": variant, "trial": trial, "criterion": criterion}
            self._wrong(line, f"{_listed([n for n, cell in said.items() if not cell])} is empty.")
            return
        number = int(trial) if trial.isascii() and trial.isdigit() and len(trial) < 4 else 0
        if not 1 <= number <= _MOST_TRIALS:
            self._wrong(line, f"the trial “{trial[:40]}” is not a whole number from 1 to 100.")
            return
        outcome = _VALUES.get(value.casefold())
        measured = _NUMBERS.get(value)
        if outcome is None:
            measured = self._number(line, value, criterion)
            if measured is None:
                return
            outcome = Outcome.PASS if measured else Outcome.FAIL
        answer = self._answer(line, (case, variant, number))
        self._tag(line, case, tags)
        if group:
            self._group(line, case, group)
        if output:
            if answer.output not in (None, output):
                self._wrong(line, f"another output than line {answer.line} for the same trial.")
            answer.output = output
        answer.latency_ms = self._amount(line, "latency_ms", latency, answer, answer.latency_ms)
        answer.cost = self._amount(line, "cost", cost, answer, answer.cost)
        rater = rater.strip() or OUTSIDE
        if is_settler(rater):
            self._wrong(line, f"the rater “{rater[:40]}” would settle what others said.")
            return
        self._score(line, answer, criterion, rater, outcome, measured)

    def _answer(self, line: int, key: tuple[str, str, int]) -> Answered:
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = Answered(*key, line)
        return found

    def _score(
        self,
        line: int,
        answer: Answered,
        criterion: str,
        rater: str,
        outcome: Outcome,
        measured: float | None,
    ) -> None:
        place = self._criteria.get(criterion)
        if place is None:
            place = self._criteria[criterion] = self._criterion(" ".join(criterion.split()))
        for earlier in answer.scores:
            if earlier.criterion == place and earlier.rater == rater:
                self._wrong(
                    line,
                    f"line {earlier.line} has the same case, variant, trial, criterion and rater.",
                )
                return
        answer.scores.append(Scored(place, rater, outcome, line, measured))

    def _criterion(self, title: str) -> int:
        for place, known in enumerate(self._criterion_titles):
            if known.casefold() == title.casefold():
                return place
        self._criterion_titles.append(title)
        return len(self._criterion_titles) - 1

    def _tag(self, line: int, case: str, tags: str) -> None:
        known = self._cases.setdefault(case, None)
        said = self._tags.get(tags)
        if said is None:
            said = tuple(dict.fromkeys(tag.strip() for tag in tags.split(";") if tag.strip()))
            self._tags[tags] = said
        if not said:
            return
        if known is not None and known != said:
            self._wrong(line, f"the case “{case[:40]}” was in the slice “{'; '.join(known)}”.")
        self._cases[case] = said

    def _group(self, line: int, case: str, typed: str) -> None:
        group = " ".join(typed.split())
        known = self._groups.setdefault(case, group)
        if known != group:
            self._wrong(line, f"the case “{case[:40]}” was in the group “{known[:40]}”.")

    def _number(self, line: int, value: str, criterion: str) -> float | None:
        """A value as a number that can be told to pass or fail; None where it is none."""
        level = self._levels.of(criterion)
        share = value.removesuffix("%")
        is_percent = share != value and (level is None or level.scale in (None, Scale(0.0, 1.0)))
        try:
            number = float(share) / 100 if is_percent else float(value)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self._wrong(
                line,
                f"the value “{value[:40]}” is not true, false, 1, 0, another number, n/a or empty.",
            )
            return None
        if level is None and not 0 <= number <= 1:
            # Not a fault of the lines but of what is known about all of them: said once.
            self._off_scale.append((line, value[:40]))
            return None
        return number

    def _amount(
        self, line: int, column: str, cell: str, answer: Answered, known: float | None
    ) -> float | None:
        if not cell or not cell.strip():
            return known
        try:
            amount = float(cell)
        except ValueError:
            amount = math.nan
        if not 0 <= amount < math.inf:
            self._wrong(line, f"the {column} “{cell.strip()[:40]}” is not a number from 0 up.")
            return known
        if known is not None and known != amount:
            self._wrong(line, f"another {column} than line {answer.line} for the same trial.")
        return amount

    def _wrong(self, line: int, what: str) -> None:
        self._n_problems += 1
        if self._n_problems <= _SHOWN:
            self._problems.append((line, clean(what)))

    def _refuse(self) -> None:
        n = self._n_problems + bool(self._off_scale)
        unit = self._table.unit
        said = [f"{unit} {line}: {what}" for line, what in self._problems]
        if self._n_problems > _SHOWN:
            said.append(f"… and {self._n_problems - _SHOWN:,} more.")
        counted = "1 thing is" if n == 1 else f"{n:,} things are"
        hint = "Correct the file and import it again: nothing was kept."
        if self._off_scale:
            (line, value), others = self._off_scale[0], len(self._off_scale) - 1
            too = f", nor are {others:,} other values" if others else ""
            said.insert(0, f"{unit} {line}: the value {value} is not from 0 to 1{too}.")
            hint = (
                "Say from which number on an answer passes (--passes-from 4) and on which scale "
                f"the numbers lie (--scale 1-5). {hint if n > 1 else 'Nothing was kept.'}"
            )
        raise InputError(
            f"“{self._name}” was not imported: {counted} wrong.\n" + "\n".join(said), hint
        )


def _bare(cell: str) -> str:
    """A cell without a spreadsheet's guard, or the JSON that it is marked to be."""
    if cell[0] == MARK:
        return cell[1:]
    return without_guard(cell) if cell[0] == "'" else cell


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
