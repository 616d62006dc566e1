"""Who is here, which feature is open, and what was read: session state holds ids and scalars."""

from collections.abc import Callable, Hashable, Iterable
from contextlib import AbstractContextManager
from typing import TypeVar
from uuid import UUID

import streamlit as st

from workbench.domain.connections import Connection
from workbench.domain.criteria import Criterion
from workbench.domain.datasets import DatasetVersion
from workbench.domain.experiments import Experiment
from workbench.domain.failures import FailureMode
from workbench.domain.features import Feature
from workbench.domain.loop import LoopCounts
from workbench.domain.people import NOBODY, Person, tidy_name
from workbench.domain.prompts import Variant
from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.evidence import guards, staleness, verdicts
from workbench.evidence.alikeness import Alike
from workbench.evidence.alikeness import seen as alikeness_seen
from workbench.evidence.counting import READS, Counted
from workbench.evidence.guards import Guard
from workbench.evidence.verdicts import RequirementVerdict
from workbench.store.archivings import Archived
from workbench.store.reports.experiments import ExperimentState
from workbench.store.reports.progress import Progress
from workbench.store.store import Store
from workbench.ui.parts import browser, pages, trouble
from workbench.ui.parts.resources import services

T = TypeVar("T")

FEATURE = "feature"
"""The key of the feature picker; its value is the feature's name, which links carry."""

EVERYTHING = "everything"
"""What everybody may see today: there are no accounts."""

_PERSON = "person"


def drawing() -> AbstractContextManager[None]:
    """Inside, a page is being drawn: runs hold back."""
    return services().jobs.courtesy.drawing()


def store() -> Store:
    """The open store."""
    return services().store


def features() -> list[Feature]:
    """Every feature that lists show, by name."""
    return remembered("all_features", None, lambda: store().features.all())


def names(linked: str | None = None) -> list[str]:
    """The features to choose from. A capability pack is among them only while it is open, or a
    link asks for it."""
    found = [each.name for each in features()]
    wanted = {linked, st.session_state.get(FEATURE)} - {None, *found}
    packs = [pack.name for pack in store().packs.all()] if wanted else []
    return found + [name for name in packs if name in wanted]


def _opened() -> Feature | None:
    name = st.session_state.get(FEATURE) or ""
    return remembered("feature", name, lambda: store().features.named(name))


def is_open(feature_id: UUID) -> bool:
    """Whether this feature is the one that is open: it may have been put away, or renamed."""
    found = _opened()
    return found is not None and found.id == feature_id


def feature() -> Feature:
    """The feature that is open. Stops the page, with what to do, where there is none."""
    found = _opened()
    if found is None:
        st.info(
            "Every feature is archived. Restore one on the Overview, or start another there."
            if remembered("put_away", None, lambda: store().features.archived())
            else "There is no feature yet. Create one on the Overview, or load the sample there.",
            icon=":material/lightbulb:",
        )
        st.page_link(pages.link("overview"), label="Go to Overview", icon=":material/dashboard:")
        trouble.end()
    return found


def feature_id() -> UUID:
    """The id of the feature that is open."""
    found = feature().id
    assert found is not None
    return found


def open_feature(name: str) -> None:
    """Open another feature; for callbacks."""
    st.session_state[FEATURE] = name


def person() -> str:
    """Who is working here, as it is shown: the name chosen in this browser, or “Somebody”."""
    return chosen_name() or NOBODY


def who() -> Person:
    """Who is working here, for deeds."""
    return Person(browser.current() or "nobody", person())


def chosen_name() -> str:
    """The name chosen in this browser; empty where none was."""
    if _PERSON not in st.session_state:
        st.session_state[_PERSON] = store().drafts.preference(_name_of(browser.current()))
    return str(st.session_state[_PERSON])


def choose_name(name: str) -> None:
    """Keep a name for this browser; for callbacks."""
    st.session_state[_PERSON] = tidy_name(name)
    store().drafts.prefer(_name_of(browser.current()), st.session_state[_PERSON])


def desk() -> str:
    """Whose drafts these are: the browser's, so that nobody's words replace another's."""
    return browser.current() or person()


def counted() -> Counted:
    """The open feature's scores, counted once for all that is said of them."""
    opened = feature_id()

    def read() -> Counted:
        return Counted(store(), {opened: _progress()})

    return remembered("counted", opened, read, feature=opened, also=READS)


def _progress() -> dict[UUID, Progress]:
    """How far the open feature's experiments have come. Apart from what is counted: a rating
    changes that, and none of this."""
    opened = feature_id()
    return remembered(
        "progress", opened, lambda: store().reports.progress.of_all(opened), feature=opened
    )


def progress(experiment: Experiment) -> Progress:
    """How far one has come; tabs that watch a run ask every second."""
    return remembered(
        "progress_of",
        experiment.id,
        lambda: store().reports.progress.of(experiment.id),
        feature=experiment.feature_id,
    )


def all_verdicts() -> list[CriterionVerdict]:
    """Every criterion for every variant of the open feature."""
    opened = feature_id()

    def read() -> list[CriterionVerdict]:
        return verdicts.of_feature(store(), opened, counted(), (experiments(), criteria()))

    return remembered("verdicts", opened, read, feature=opened)


def requirement_verdicts() -> list[RequirementVerdict]:
    """The open feature's requirements, as the candidate (or every variant) stands."""
    opened = feature_id()

    def read() -> list[RequirementVerdict]:
        chosen = verdicts.deciding(all_verdicts(), candidate())
        return verdicts.by_requirement(store(), opened, chosen, criteria())

    return remembered("requirement_verdicts", opened, read, feature=opened)


def alikeness() -> dict[UUID, Alike]:
    """How alike repeated trials of a case were in the open feature so far, by criterion."""
    opened = feature_id()

    def read() -> dict[UUID, Alike]:
        return alikeness_seen(experiments(), criteria(), counted())

    return remembered("alikeness", opened, read, feature=opened)


def deciding_guards() -> list[Guard]:
    """What to keep in mind of the verdicts that decide the open feature."""
    opened = feature_id()

    def read() -> list[Guard]:
        chosen = verdicts.deciding(all_verdicts(), candidate())
        return guards.of_feature(store(), experiments(), chosen, all_verdicts())

    return remembered("deciding_guards", opened, read, feature=opened)


def experiment_states() -> dict[UUID, ExperimentState]:
    """How far each experiment of the open feature has come."""
    opened = feature_id()

    def read() -> dict[UUID, ExperimentState]:
        states = store().reports.experiments.states()
        return {
            experiment_id: ExperimentState(progress, states.get(experiment_id, ""))
            for experiment_id, progress in _progress().items()
        }

    return remembered("experiment_states", opened, read, feature=opened)


def failure_modes() -> list[FailureMode]:
    """The open feature's failure modes, by key."""
    opened = feature_id()
    return remembered("failure_modes", opened, lambda: store().failures.of(opened), feature=opened)


def criteria() -> list[Criterion]:
    """The open feature's criteria in force."""
    opened = feature_id()
    return remembered("criteria", opened, lambda: store().criteria.of(opened), feature=opened)


def criteria_of(experiment: Experiment) -> list[Criterion]:
    """The criteria in force that an experiment was to judge by."""
    return remembered(
        "criteria_of",
        experiment.id,
        lambda: store().criteria.of_experiment(experiment),
        feature=experiment.feature_id,
    )


def experiments() -> list[Experiment]:
    """The open feature's experiments, oldest first."""
    opened = feature_id()
    return remembered("experiments", opened, lambda: store().experiments.of(opened), feature=opened)


def archived_experiments() -> dict[UUID, Archived]:
    """Those of them that are archived, by id."""
    opened = feature_id()
    return remembered("archived", opened, lambda: store().archivings.of(opened), feature=opened)


def experiment(experiment_id: UUID) -> Experiment:
    """One experiment of the open feature, archived or not. Raises NotFound."""
    known = next((each for each in experiments() if each.id == experiment_id), None)
    return known or store().experiments.get(experiment_id)


def variants() -> list[Variant]:
    """The open feature's variants, oldest first."""
    opened = feature_id()
    return remembered("variants", opened, lambda: store().variants.of(opened), feature=opened)


def candidate() -> UUID | None:
    """The variant that the team means to ship, if one was chosen."""
    opened = feature_id()
    return remembered("candidate", opened, lambda: store().features.candidate(opened))


def datasets() -> list[DatasetVersion]:
    """The open feature's datasets, each at its newest version."""
    opened = feature_id()
    return remembered("datasets", opened, lambda: store().datasets.of(opened), feature=opened)


def connections() -> list[Connection]:
    """Who may be asked: the local model, then the others by name."""
    return remembered("connections", None, lambda: store().connections.all())


def answered() -> list[Experiment]:
    """Those of them that have outputs, their own or those of others, newest first."""
    known = experiment_states()
    found = reversed(experiments())
    return [e for e in found if e.id in known and known[e.id].progress.first_at]


def loop_counts() -> LoopCounts:
    """Where the open feature stands in the loop."""
    opened = feature_id()
    progress = store().reports.progress
    counts = remembered("loop", opened, lambda: progress.loop(opened), feature=opened)
    rows = requirement_verdicts()
    found = [row.verdict for row in rows]
    return LoopCounts(
        requirements=counts.requirements,
        measurable=counts.measurable,
        cases=counts.cases,
        prompts=counts.prompts,
        experiments=counts.experiments,
        experiments_run=counts.experiments_run,
        outputs=counts.outputs,
        ratings_open=counts.ratings_open,
        pairs_open=remembered("loop_pairs", opened, _pairs_open, feature=opened),
        met=found.count(Verdict.MET),
        not_met=found.count(Verdict.NOT_MET),
        undecided=found.count(Verdict.NOT_ENOUGH_EVIDENCE),
        stale=sum(row.is_stale for row in rows),
        revised=sum(any(map(staleness.is_by_revision, row.criteria)) for row in rows),
        failure_modes=counts.failure_modes,
        learnt=counts.learnt,
        undesigned=counts.undesigned,
        put_away=counts.put_away,
        running=any(services().jobs.is_live(experiment.id) for experiment in experiments()),
    )


def _pairs_open() -> int:
    if not any(criterion.draft.scorer.over is not None for criterion in criteria()):
        return 0
    from workbench.evidence import preferences  # It loads what takes a second.

    return sum(preferences.waiting(store(), experiment) for experiment in experiments())


def remembered(
    what: str,
    key: Hashable,
    read: Callable[[], T],
    *,
    feature: UUID | None = None,
    also: Iterable[str] = (),
) -> T:
    """What `read` gives, read again only where something that it was read from has changed.

    With a `feature` it looks at that feature's rows alone, so that runs of others leave it as it
    is. `also` are tables that the answer itself goes on reading.
    """
    return services().memo.of((sight(), what, key), read, feature=feature, also=also)


def sight() -> str:
    """What the person here may see. Answers are shared by those who may see the same."""
    return EVERYTHING


def _name_of(browser_id: str) -> str:
    """Where a browser's name is kept."""
    return f"person:{browser_id}" if browser_id else "person"
