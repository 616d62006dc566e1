"""Beacons, and a database that holds one in every field that people or models write.

Run as a program it fills a database: `python -m tests.security.planted FILE HOME ADDRESS`.
"""

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.criteria import CriterionDraft, Lane, Measure, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Plan, Purpose, RunState
from workbench.domain.failures import Fallback, ModeDraft, Response, Severity
from workbench.domain.features import Feature
from workbench.domain.fingerprint import fingerprint
from workbench.domain.packs import Pack
from workbench.domain.people import Person
from workbench.domain.prompts import PromptText
from workbench.domain.requirements import Evidence, RequirementDraft
from workbench.domain.scores import Judgement, Note, Outcome, Score
from workbench.domain.trials import Trial
from workbench.errors import CallFailure
from workbench.evidence import kept_verdicts
from workbench.store.keys import new_id
from workbench.store.store import Store, open_store

MARK = "qz"
FIELD = re.compile(r"\bqz([a-z]+)")
"""Every planted text begins with it and its field's name: `qzstatement`."""

# Each with the address that would be called, were it live.
BEACONS = (
    "![image]({at}-image)",
    "[link]({at}-link)",
    "[![nested]({at}-nested)]({at}-outer)",
    "<{at}-auto>",
    "{at}-bare",
    '<img src="{at}-img" onerror="alert(1)">',
    '<iframe src="{at}-frame"></iframe>',
    '<meta http-equiv="refresh" content="0;url={at}-refresh">',
    '<svg onload="alert(2)"><image href="{at}-svg"/></svg>',
    '<script src="{at}-script"></script><script>alert(3)</script>',
    "<style>@import url({at}-style); * {{ background: url({at}-css) }}</style>",
    '<div style="background: url({at}-inline)">div</div>',
    "$\\href{{{at}-href}}{{latex}}$ $\\includegraphics{{{at}-graphics}}$",
    "[script](javascript:alert(4)) ![data](data:image/svg+xml;utf8,<svg onload='alert(5)'/>)",
    ":red[![coloured]({at}-red)] :material/home: :blue-background[<img src={at}-blue>]",
    "\u202e![flipped]({at}-bidi)\u202c \u200b",
    "![by name][ref]\n\n[ref]: {at}-reference",
    "| a | b |\n|---|---|\n| ![cell]({at}-cell) | x |",
    "# ![heading]({at}-heading)\n> ![quote]({at}-quote)\n- [ ] ![item]({at}-item)",
)

BROWSER = "0" * 32
"""The id of the browser in which a hostile name was chosen."""


def texts(address: str) -> Callable[[str, int], str]:
    """What is planted in a field: all beacons, beginning with the one of that number."""

    def text(field: str, number: int = 0) -> str:
        start = number % len(BEACONS)
        turned = (*BEACONS[start:], *BEACONS[:start])
        # Of what there is one for each trial a few will do: between them they have all.
        few = turned[:4] if field in ("output", "failure", "reason", "note") else turned
        lines = [beacon.format(at=f"{address}/{field}") for beacon in few]
        return f"{MARK}{field} " + "\n".join(lines)

    return text


def plant(store: Store, address: str) -> None:
    """Fill a store with one feature, every text of which is hostile."""
    text = texts(address)

    def name(field: str, number: int = 0) -> str:
        """One beacon, for names: they have to be unique and short."""
        first = BEACONS[number % len(BEACONS)].format(at=f"{address}/{field}")
        return " ".join(f"{MARK}{field}{number} {first}".split())[:79]

    who = name("author")
    store.drafts.prefer(f"person:{fingerprint(BROWSER)[:16]}", name("person"))
    feature = store.features.add(
        Feature(name("feature"), *(text(field) for field in ("problem", "user", "job", "goal")),
                text("stakes", 5))
    )  # fmt: skip
    assert feature.id is not None
    evidence = Evidence(*(text(f"evidence{field}", 0) for field in "abcdef"))
    criteria = []
    for number in (0, 1, 5, 12):
        requirement = store.requirements.add(
            feature.id, RequirementDraft(text("statement", number), text("rationale", number)),
            who, text("why", number), [evidence],
        )  # fmt: skip
        store.requirements.revise(
            requirement.id, RequirementDraft(text("statement", number), text("rationale", 3)),
            1, who, text("why", number), [evidence],
        )  # fmt: skip
        for kind, settings in (
            (ScorerKind.CONTAINS, {"texts": [text("texts", number)]}),
            (ScorerKind.REGEX, {"pattern": text("pattern", number)}),
            (ScorerKind.RATING, {"question": text("question", number)}),
        ):
            draft = CriterionDraft(
                text("title", number), Scorer(kind, settings), Measure.PASS_RATE, 0.9,
                slices=(), lane=Lane.DISCOVERED, origin=text("origin", number),
            )  # fmt: skip
            criterion = store.criteria.add(requirement.id, draft, who, text("criterionwhy"))
            criteria.append(criterion)
    sliced = CriterionDraft(text("sliced"), criteria[0].draft.scorer, slices=(text("slice"),))
    criteria.append(store.criteria.add(criteria[0].requirement_id, sliced, who))
    cases = [
        CaseDraft(
            name("case", number),
            {f"variable_{number}": text("value", number)},
            text("reference", number), (text("slice"), name("tag", number)), text("source", number),
        )
        for number in range(len(BEACONS))
    ]  # fmt: skip
    dataset = store.datasets.add(feature.id, text("dataset"), cases, who, text("datasetnote"))
    connection = store.connections.add(
        Connection(name("connection"), f"{address}/v1", (name("model"),), "SOME_KEY")
    )
    variants = []
    for number in (0, 1, 5):
        prompt = store.prompts.save(
            feature.id, name("prompt", number), PromptText(text("system"), text("usertext")),
            who, text("promptnote"),
        )  # fmt: skip
        variants.append(
            store.variants.save(
                prompt, connection.name, name("model"), Parameters(temperature=0.5),
                name("label", number),
            )
        )  # fmt: skip
    store.features.choose_candidate(feature.id, variants[0].id, who, text("candidatewhy"))
    # Files of older versions may hold names of variables that are refused today.
    for number, beacon in enumerate(BEACONS):
        hostile = f"{MARK}variable {beacon.format(at=f'{address}/variable')}"
        store.database.execute(
            "update cases set variables = ? where json_exists(variables, ?)",
            [json.dumps({hostile: text("value", number)}), f"$.variable_{number}"],
        )
    known = tuple(case.id for case in store.datasets.cases(dataset.id))
    for purpose, chosen in ((Purpose.EXPERIMENT, known), (Purpose.PLAYGROUND, known[:4])):
        plan = Plan(
            text("experimentquestion"), dataset.id, tuple(v.id for v in variants[:2]),
            tuple(c.id for c in criteria), case_ids=chosen, purpose=purpose,
        )  # fmt: skip
        _run(store, store.experiments.add(feature.id, plan, who).id, text, name)
    _pack(store, text, name, connection.name)
    _failures(store, feature.id, text, name)
    variables = {"name": text("draft"), "statement": text("draft"), "question": text("draft")}
    for scope in ("requirement", "experiment", "prompt", "feature", "playground"):
        store.drafts.keep(scope, variables)


def _pack(
    store: Store, text: Callable[[str, int], str], name: Callable[[str, int], str], connection: str
) -> None:
    """A capability pack that was tried, hostile in all that it says of itself."""
    who = name("author", 0)
    feature_id = store.features.add(Feature(name("packname", 2), text("packabout", 0))).id
    assert feature_id is not None
    pack = Pack("hostile", 1, text("packtitle", 0), text("licence", 0), text("attribution", 3))
    store.packs.add(feature_id, pack)
    draft = RequirementDraft(text("statement", 0), text("rationale", 0))
    requirement = store.requirements.add(feature_id, draft, who)
    scorer = Scorer(ScorerKind.CONTAINS, {"texts": [text("texts", 0)]})
    judged = CriterionDraft(text("packcriterion", 5), scorer, slices=(text("slice", 0),))
    criterion = store.criteria.add(requirement.id, judged, who)
    cases = [
        CaseDraft(name("case", number), {"x": text("value", number)}, tags=(text("slice", 0),))
        for number in range(3)
    ]
    dataset = store.datasets.add(feature_id, text("dataset", 0), cases, who)
    prompt = PromptText(text("system", 0), text("usertext", 0))
    version = store.prompts.save(feature_id, name("prompt", 0), prompt, who)
    asked = [
        store.variants.save(version, connection, name("packmodel", number), Parameters())
        for number in (0, 5)
    ]
    plan = Plan(
        text("experimentquestion", 0), dataset.id, tuple(v.id for v in asked), (criterion.id,)
    )
    _run(store, store.experiments.add(feature_id, plan, who).id, text, name)


def _run(
    store: Store, experiment_id: object, text: Callable[[str, int], str],
    name: Callable[[str, int], str],
) -> None:  # fmt: skip
    assert isinstance(experiment_id, UUID)
    experiment = store.experiments.get(experiment_id)
    run = store.runs.start(experiment.id, name("author", 0))
    trials = []
    for number, call in enumerate(store.trials.missing(experiment.id)):
        failed = number % 7 == 6
        trials.append(
            Trial(
                new_id(), run.id, call.variant_id, call.case_id, call.number, "hash", 1,
                datetime.now(UTC), None if failed else text("output", number),
                CallFailure.SERVER if failed else None,
                text("failure", number) if failed else "", "stop", name("model", 0), 120.0,
                cost=0.0001,
            )
        )  # fmt: skip
    store.trials.add(trials)
    store.runs.note(run.id, RunState.FAILED, text("runmessage", 0))
    answered = [trial for trial in trials if trial.is_output]
    for criterion_id, _ in experiment.criteria:
        scorer = store.criteria.get(criterion_id).draft.scorer
        rater = name("rater", 0) if scorer.kind is ScorerKind.RATING else ""
        store.scores.add(
            Score(
                trial.id, criterion_id, scorer.fingerprint(),
                Judgement(Outcome.FAIL if i % 3 else Outcome.PASS, text("reason", i)), rater,
            )
            for i, trial in enumerate(answered[: len(answered) // 2])
        )  # fmt: skip
    reader = Person(BROWSER, name("reader", 0))
    for number, trial in enumerate(answered):
        note_id = store.scores.add_note(Note(trial.id, reader.name, text("note", number)))
        if number % 2:
            store.failures.read(trial.id, reader, note_id)
    for _ in range(2):
        # Two words on the same answers: Decide shows what verdicts came to over time.
        kept_verdicts.keep(store, experiment, run.id)
        criterion_id, _ = experiment.criteria[0]
        scorer = store.criteria.get(criterion_id).draft.scorer.fingerprint()
        said = Judgement(Outcome.PASS, text("reason", 0))
        store.scores.add(
            Score(trial.id, criterion_id, scorer, said, name("rater", 1)) for trial in answered[:1]
        )
    kept_verdicts.keep(store, experiment, run.id)


def _failures(
    store: Store, feature_id: UUID, text: Callable[[str, int], str], name: Callable[..., str]
) -> None:
    """Failure modes with everything that can be written into them, two of them without a design."""
    criterion = store.criteria.of(feature_id)[0]
    fallback = Fallback(text("noticed", 0), Response.ASK, text("reads", 0), criterion.id)
    evidence = Evidence(*(text(f"evidence{field}", 1) for field in "abcdef"))
    for number, note in enumerate(store.reports.failures.notes(feature_id)[:3]):
        draft = ModeDraft(
            *(name("modename", number), text("definition", number), Severity.SEVERE),
            *(name("owner", number), Fallback() if number else fallback),
        )
        key, who = f"F{number + 1}", name("author", 0)
        mode = store.failures.restore(feature_id, key, 1, draft, who, examples=(evidence,))
        store.failures.sort([note.id], mode.id, who)


if __name__ == "__main__":
    opened = open_store(sys.argv[1], Path(sys.argv[2]))
    plant(opened, sys.argv[3])
    opened.close()
