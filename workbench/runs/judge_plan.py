"""The calls of judges in a run: rendered as they are taken, with what they may cost."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from workbench.domain.attachments import Attachments
from workbench.domain.calls import Answer, Request
from workbench.domain.connections import Connection
from workbench.domain.criteria import Scorer
from workbench.domain.datasets import Case
from workbench.domain.judging import JudgedCall, PairControl
from workbench.domain.looked_at import Looked
from workbench.domain.trials import PlannedCall, Trial
from workbench.errors import TemplateError
from workbench.models import prices
from workbench.runs import attached_files, looking
from workbench.runs.call import Call, Result
from workbench.runs.manners import Manners
from workbench.runs.planning import likely_input, most_cost, most_output, with_body
from workbench.scoring import judged as judged_requests
from workbench.scoring import pair_judge
from workbench.store.store import Store

_AT_ONCE = 200
"""Texts that are read at once: ten thousand outputs need not be in memory together."""


@dataclass(frozen=True)
class JudgePlan:
    """What judges have to do in a run, and what it needs to know of them, by fingerprint. As
    `Planned`."""

    store: Store
    missing: list[PlannedCall]
    judges: dict[str, Scorer]
    cases: dict[UUID, Case]
    connections: dict[str, Connection]
    prices: dict[str, prices.Price | None]
    manners: Manners
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What judges look at now, by nonce, until what they said is kept: one text or two, and what of
    each the model itself wrote."""
    only_texts: bool = False
    """Whether pictures are left out, since nothing is sent."""

    @property
    def n_outputs(self) -> int:
        """How many words on outputs are missing: those on controls are of no verdict."""
        return sum(isinstance(c, JudgedCall) and c.control is None for c in self.missing)

    @property
    def n_with_files(self) -> int:
        """Of how many cases it shows files."""
        asked = {
            call.case_id
            for call in self.missing
            if isinstance(call, JudgedCall) and self.sees_files(call)
        }
        return sum(bool(self.cases[case_id].attachments) for case_id in asked)

    def sees_files(self, planned: JudgedCall) -> bool:
        """Whether a call shows its judge the files of the case."""
        return planned.may_show_files and self.judges[planned.scorer].kind.entry.sees_files

    def calls(self, unaskable: Callable[[Trial], None]) -> dict[str, Iterator[Call]]:
        """The calls of each connection, in order, rendered as they are taken. Any can be asked:
        `unaskable` is for prompts that name values which a case lacks, and a judge's names none."""
        by_lane: dict[str, list[JudgedCall]] = {}
        for planned in self.missing:
            assert isinstance(planned, JudgedCall)
            connection = self.judges[planned.scorer].settings["connection"]
            by_lane.setdefault(connection, []).append(planned)
        return {lane: self._rendered(lane, waiting) for lane, waiting in by_lane.items()}

    def sample(self, n: int) -> list[Call]:
        """About so many of its calls, taken evenly, to be measured and not sent."""
        step = max(1, len(self.missing) // n)
        some = replace(self, missing=self.missing[::step], texts={}, only_texts=True)
        return [call for calls in some.calls(lambda _: None).values() for call in calls]

    def cost(self, call: Call, answer: Answer) -> float | None:
        """USD of an answer; None where the price or a token count is unknown."""
        assert isinstance(call.planned, JudgedCall)
        price = self.prices[call.planned.scorer]
        return prices.cost(price, answer.input_tokens, answer.output_tokens)

    def follow(self, _: Result) -> Call | None:
        """A judge says one word: nothing follows."""
        return None

    def _rendered(self, lane: str, waiting: Sequence[JudgedCall]) -> Iterator[Call]:
        connection = self.connections[lane]
        for start in range(0, len(waiting), _AT_ONCE):
            some = waiting[start : start + _AT_ONCE]
            outputs = self._outputs(some)
            for planned in some:
                shown, files = self._shown(planned, outputs), self._files(planned)
                if shown is None or files is None:
                    # Nothing to look at, or a file that can't be shown; `looking.settle` and
                    # `shown_files.settle` say so before a run asks.
                    continue
                self.texts[planned.nonce] = shown
                asked = with_body(self._request(planned, shown, files), connection)
                price = self.prices[planned.scorer]
                yield Call(
                    planned,
                    lane,
                    asked,
                    likely_input(asked) + most_output(asked),
                    None if price is None else most_cost(price, asked),
                )

    def _request(self, planned: JudgedCall, shown: tuple[str, ...], files: Attachments) -> Request:
        scorer, case = self.judges[planned.scorer], self.cases[planned.case_id]
        names = {**case.names(), **case.given()}
        if scorer.over is None:
            return judged_requests.request(scorer, names, shown[0], planned.nonce, files)
        first, second, *_ = shown
        return pair_judge.request(scorer.settings, names, first, second, planned.nonce, files)

    def _files(self, planned: JudgedCall) -> Attachments | None:
        """The files of a call's case that its judge is to see; None where they can't be shown."""
        if not self.sees_files(planned):
            return ()
        case = self.cases[planned.case_id]
        try:
            return attached_files.of_case(case, self.store.attachments, only_texts=self.only_texts)
        except TemplateError:
            return None

    def _shown(
        self, planned: JudgedCall, outputs: Mapping[tuple[str, UUID], Looked]
    ) -> tuple[str, ...] | None:
        """What a call shows its judge, as `texts`; None where there is nothing."""
        control, found = planned.control, outputs[planned.scorer, planned.trial_id]
        if isinstance(control, PairControl):
            return control.first, control.second
        if planned.second_id is not None:
            other = outputs[planned.scorer, planned.second_id]
            if found.text is None or other.text is None:
                return None
            return found.text, other.text, found.by_model, other.by_model
        text = found.text if control is None else control.text
        return None if text is None else (text, found.by_model)

    def _outputs(self, calls: Sequence[JudgedCall]) -> dict[tuple[str, UUID], Looked]:
        """What the judges of some calls look at, by judge and trial."""
        wanted: dict[str, set[UUID]] = {}
        for call in calls:
            both = {call.trial_id, call.second_id} - {None}
            wanted.setdefault(call.scorer, set()).update(id_ for id_ in both if id_ is not None)
        return {
            (scorer, trial_id): found
            for scorer, ids in wanted.items()
            for trial_id, found in looking.texts(self.store, self.judges[scorer], ids).items()
        }
