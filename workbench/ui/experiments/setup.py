"""Setting up an experiment: question, cases, variants, criteria and trials, then what they take."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import streamlit as st

from workbench.actions import experiments
from workbench.actions import outlook as experiments_outlook
from workbench.actions.outlook import Outlook
from workbench.domain.criteria import Criterion
from workbench.domain.datasets import Case, DatasetVersion
from workbench.domain.experiments import Experiment, Plan, StopRule
from workbench.domain.features import Feature
from workbench.domain.prompts import Variant
from workbench.domain.requirements import Requirement
from workbench.errors import WorkbenchError
from workbench.ui.experiments import control, origins, players, stop
from workbench.ui.experiments import takes as experiments_takes
from workbench.ui.experiments import variant as experiments_variant
from workbench.ui.experiments.words import HELD_OUT, criterion_name, variant_name
from workbench.ui.parts import drafts, pages, session, trouble
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, plain, short

NEW = "experiments_new"
"""Whether the set-up is shown in the place of the open experiment."""
OPEN = "experiments_open"
"""The key of the open experiment, such as “E1”."""
PRESELECTED = "experiments_variants"
"""Ids of variants that another page wants to try; read once."""
_PREFIX = "experiments_setup_"
_NAMES = ("question", "dataset", "slices", "held_out", "variants", "trials", "stop_rule")
_FOR = f"{_PREFIX}for"


def show() -> None:
    """Open the set-up; for callbacks."""
    st.session_state[NEW] = True


def hide() -> None:
    """Go back to the experiments. What was written stays as a draft."""
    st.session_state[NEW] = False


def start_from(experiment: Experiment, dataset_id: UUID) -> None:
    """Open the set-up with another experiment's plan in it; for callbacks."""
    held_out = next(label for label, value in HELD_OUT.items() if value is experiment.held_out)
    wanted = set(map(str, experiment.criterion_ids))
    criteria = session.store().criteria.of(experiment.feature_id)
    deed = session.store(), session.who()
    body = {
        "question": experiment.question,
        "dataset": str(dataset_id),
        "slices": list(experiment.slices),
        "held_out": held_out,
        # Where their connections are now: what was answered elsewhere can't be asked for more.
        "variants": [
            str(v.id if v.is_outside else experiments.variant_here(*deed, v).id)
            for v in experiment.variants
        ],
        "left_out": [str(c.id) for c in criteria if str(c.id) not in wanted],
        "trials": experiment.trials,
        "stop_rule": str(experiment.stop_rule),
    }
    # A question that is being written stays beside this one.
    session.store().drafts.merge(_scope(experiment.feature_id), body, seen={})
    st.session_state.pop(_FOR, None)
    show()


def draw(feature: Feature) -> None:
    """The whole set-up: the form on the left, what it takes and starts on the right."""
    store = session.store()
    assert feature.id is not None
    datasets = {str(d.dataset_id): d for d in store.datasets.of(feature.id)}
    requirements = {r.id: r for r in store.requirements.of(feature.id)}
    criteria = store.criteria.of(feature.id)
    if not _has_ground(datasets, criteria):
        return
    variants = {str(v.id): v for v in store.variants.of(feature.id)}
    _restore(feature.id, datasets, variants, criteria)
    row = st.container(horizontal=True, gap="large")  # below each other on a narrow page
    form, takes = row.container(width=560), row.container(width=360)
    with form:
        cases, chosen, wanted = _form(feature.id, datasets, variants, requirements, criteria)
    with takes, st.container(border=True):
        st.subheader("Before you start")
        trials = int(_value("trials"))
        outlook = experiments_outlook.of_plan(
            *(store, chosen, cases, wanted, trials, session.alikeness()),
            StopRule(_value("stop_rule")),
        )
        experiments_takes.draw(outlook)
        st.caption(
            ":material/lock: Starting freezes the plan: the question, cases, variants, criteria, "
            "trials and stop rule get a fingerprint, so that nobody moves the goal once results "
            "are in."
        )
        is_here = all([origins.here(chosen, _swap), players.here(chosen, cases, _swap)])
        plan = _plan(datasets[_value("dataset")], chosen, wanted, trials)
        _start(feature.id, plan, outlook, is_here=is_here)


def _form(
    feature_id: UUID,
    datasets: Mapping[str, DatasetVersion],
    variants: Mapping[str, Variant],
    requirements: Mapping[UUID, Requirement],
    criteria: Sequence[Criterion],
) -> tuple[list[Case], tuple[Variant, ...], list[Criterion]]:
    # Persisted: what code puts into a field is lost otherwise (docs/architecture.md).
    asked: dict[str, Any] = {"on_change": _keep, "args": (feature_id,), "persist_state": "session"}
    st.text_area(
        "Question",
        key=f"{_PREFIX}question",
        placeholder="Does the shorter prompt still name the right order?",
        height=80,
        help="One question that the results will answer. It is what people read later.",
        **asked,
    )
    drafts.clashes(_scope(feature_id), {"question": "Question"}, _set)
    store = session.store()
    st.selectbox(
        "Dataset",
        list(datasets),
        format_func=lambda d: (
            f"{plain(datasets[d].name)}, version {datasets[d].number} ({datasets[d].n_cases} cases)"
        ),
        key=f"{_PREFIX}dataset",
        **asked,
    )
    version = datasets[_value("dataset")]
    tags = store.reports.datasets.tag_counts(version.id)
    sizes = dict(zip(tags["tag"], tags["cases"], strict=True))
    # A tag of another dataset, or of an older version, is no choice here.
    _set("slices", [tag for tag in _value("slices") if tag in sizes])
    st.multiselect(
        "Slices",
        list(sizes),
        format_func=lambda tag: plain(f"{tag} ({sizes[tag]})"),
        key=f"{_PREFIX}slices",
        placeholder="Every case",
        help="Only cases that carry at least one of these tags. Empty: every case.",
        **asked,
    )
    st.segmented_control(
        "Held-out cases",
        list(HELD_OUT),
        key=f"{_PREFIX}held_out",
        required=True,
        help="Held-out cases are kept back while prompts are being tuned. Leave them out while "
        "you try things; use only them once, at the end, to see whether the result holds on "
        "cases that nobody tuned for.",
        **asked,
    )
    cases = experiments_outlook.chosen_cases(
        store, version.id, _value("slices"), HELD_OUT[_value("held_out")]
    )
    st.multiselect(
        "Variants",
        list(variants),
        format_func=lambda v: plain(variant_name(variants[v])),
        key=f"{_PREFIX}variants",
        placeholder="Choose what to compare",
        help="A variant is a prompt version, a connection, a model and its parameters. Two or "
        "more on the same cases can be compared.",
        **asked,
    )
    experiments_variant.draw(feature_id, _add_variant)
    chosen = [variants[v] for v in _value("variants")]
    wanted = _criteria(requirements, criteria, chosen, asked)
    st.number_input(
        "Trials per case",
        min_value=1,
        max_value=100,
        step=1,
        key=f"{_PREFIX}trials",
        width=220,
        help="How often each variant is asked for each case. More cases beat more trials: asking "
        "the same case again says little about other cases. Measures of consistency need at "
        "least 2, better 3.",
        **asked,
    )
    stop.draw(f"{_PREFIX}stop_rule", wanted, asked)
    return cases, tuple(variants[v] for v in _value("variants")), wanted


def _criteria(
    requirements: Mapping[UUID, Requirement],
    criteria: Sequence[Criterion],
    variants: Sequence[Variant],
    asked: dict[str, Any],
) -> list[Criterion]:
    st.markdown("**Criteria**", help="What the outputs are judged by. Choose before you look.")
    by_id = {str(criterion.id): criterion for criterion in criteria}
    chosen: list[Criterion] = []
    for requirement in requirements.values():
        mine = [str(c.id) for c in criteria if c.requirement_id == requirement.id]
        if not mine:
            continue
        found = st.pills(
            f"{requirement.key} {short(requirement.draft.statement, 90)}",
            mine,
            format_func=lambda c: criterion_name(by_id[c], int(_value("trials")), variants),
            selection_mode="multi",
            wrap=True,
            key=f"{_PREFIX}criteria_{requirement.id}",
            **asked,
        )
        chosen += [by_id[c] for c in mine if c in found]
    return chosen


def _plan(
    dataset: DatasetVersion, variants: Sequence[Variant], criteria: Sequence[Criterion], trials: int
) -> Plan:
    return Plan(
        question=_value("question"),
        dataset_version_id=dataset.id,
        variant_ids=tuple(variant.id for variant in variants),
        criterion_ids=tuple(criterion.id for criterion in criteria),
        trials=trials,
        slices=tuple(_value("slices")),
        held_out=HELD_OUT[_value("held_out")],
        stop_rule=StopRule(_value("stop_rule")),
    )


def _start(feature_id: UUID, plan: Plan, outlook: Outlook, *, is_here: bool) -> None:
    wanted = control.limits(feature_id, f"{_PREFIX}limits")
    go, back = st.columns([3, 1])
    back.button("Back", key=f"{_PREFIX}back", on_click=hide, width="stretch")
    if not go.button(
        md(outlook.starts) if outlook.to_ask else "See the results",
        key=f"{_PREFIX}start",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=bool(outlook.to_ask) and not is_here,
    ):
        return
    store = session.store()
    before = {experiment.id for experiment in store.experiments.of(feature_id)}
    deed = store, services().jobs, session.who(), feature_id
    try:
        experiment = experiments.run(*deed, plan, wanted)
    except WorkbenchError as error:
        trouble.show(error)
        return
    is_known = experiment.id in before
    frozen = f"{experiment.key}, frozen as {experiment.plan_hash[:8]}"
    st.toast(f"This plan is there already: {frozen}" if is_known else f"Started {frozen}")
    drafts.drop(_scope(feature_id))
    st.session_state.pop(_FOR, None)
    st.session_state[OPEN] = experiment.key
    hide()
    st.rerun()


def _has_ground(datasets: Mapping[str, DatasetVersion], criteria: Sequence[Criterion]) -> bool:
    if not datasets:
        st.info("An experiment needs cases to ask about.", icon=":material/table:")
        st.page_link(pages.link("data"), label="Add cases", icon=":material/arrow_forward:")
    elif not criteria:
        st.info("Say first what good means: an experiment needs a criterion.")
        st.page_link(
            pages.link("requirements"), label="Add a criterion", icon=":material/arrow_forward:"
        )
    else:
        return True
    st.button("Back", key=f"{_PREFIX}back_empty", on_click=hide)
    return False


def _restore(
    feature_id: UUID,
    datasets: Mapping[str, DatasetVersion],
    variants: Mapping[str, Variant],
    criteria: Sequence[Criterion],
) -> None:
    """Fill the form from the draft, or as a first plan, unless it is on the page already."""
    wanted = st.session_state.pop(PRESELECTED, None)
    is_here = f"{_PREFIX}question" in st.session_state
    if not is_here or st.session_state.get(_FOR) != str(feature_id):
        found = drafts.get(_scope(feature_id))
        body: Mapping[str, Any] = found.body if found else {}
        st.session_state[_FOR] = str(feature_id)
        _set("question", body.get("question", ""))
        dataset = body.get("dataset")
        _set("dataset", dataset if dataset in datasets else next(iter(datasets)))
        _set("slices", body.get("slices", []))
        held_out = body.get("held_out")
        _set("held_out", held_out if held_out in HELD_OUT else next(iter(HELD_OUT)))
        askable = [key for key, variant in variants.items() if not variant.is_outside]
        kept = body.get("variants", askable[-1:])
        _set("variants", [v for v in kept if v in variants])
        _set("trials", body.get("trials", 1))
        _set("stop_rule", stop.restored(body.get("stop_rule")))
        left_out = set(body.get("left_out", []))
        for requirement_id in {c.requirement_id for c in criteria}:
            mine = [str(c.id) for c in criteria if c.requirement_id == requirement_id]
            _set(f"criteria_{requirement_id}", [c for c in mine if c not in left_out])
        if found is None:
            drafts.start(_scope(feature_id), _body(feature_id))
    if wanted:
        _set("variants", [v for v in map(str, wanted) if v in variants])


def _add_variant(variant: Variant) -> None:
    chosen = list(_value("variants"))
    if str(variant.id) not in chosen:
        _set("variants", [*chosen, str(variant.id)])
    _keep(variant.feature_id)


def _swap(old: Variant, new: Variant) -> None:
    chosen = [str(new.id) if v == str(old.id) else v for v in _value("variants")]
    _set("variants", list(dict.fromkeys(chosen)))
    _keep(new.feature_id)


def _body(feature_id: UUID) -> dict[str, Any]:
    left_out = [
        str(c.id)
        for c in session.store().criteria.of(feature_id)
        if str(c.id) not in st.session_state.get(f"{_PREFIX}criteria_{c.requirement_id}", [])
    ]
    return {name: _value(name) for name in _NAMES} | {"left_out": left_out}


def _keep(feature_id: UUID) -> None:
    kept = drafts.keep(_scope(feature_id), _body(feature_id)).body
    st.session_state.update({f"{_PREFIX}{name}": kept[name] for name in _NAMES})


def _scope(feature_id: UUID) -> str:
    return drafts.scope("experiment", feature_id)


def _value(name: str) -> Any:
    return st.session_state[f"{_PREFIX}{name}"]


def _set(name: str, value: Any) -> None:
    st.session_state[f"{_PREFIX}{name}"] = value
