"""Setting up an experiment: question, cases, variants, criteria and trials, then what they take."""

from collections.abc import Collection, Mapping, Sequence
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
from workbench.say import count
from workbench.ui.experiments import control, origins, players, stop
from workbench.ui.experiments import takes as experiments_takes
from workbench.ui.experiments import variant as experiments_variant
from workbench.ui.experiments.words import HELD_OUT, criterion_name, variant_name
from workbench.ui.parts import drafts, pages, session, trouble
from workbench.ui.parts.form import Form
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, plain, short

NEW = "experiments_new"
"""Whether the set-up is shown in the place of the open experiment."""
OPEN = "experiments_open"
"""The key of the open experiment, such as “E1”."""
PRESELECTED = "experiments_variants"
"""Ids of variants that another page wants to try; read once."""
_PREFIX = "experiments_setup"


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
    st.session_state.pop(_PREFIX, None)  # What the draft holds now is read anew.
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
    form = _loaded(feature.id, datasets, variants)
    row = st.container(horizontal=True, gap="large")  # below each other on a narrow page
    fields, takes = row.container(width=560), row.container(width=360)
    with fields:
        cases, chosen, wanted = _fields(
            form, feature.id, datasets, variants, requirements, criteria
        )
    with takes, st.container(border=True):
        st.subheader("Before you start", anchor=False)
        trials, rule = int(form.value("trials")), StopRule(form.value("stop_rule"))
        outlook = experiments_outlook.of_plan(
            *(store, chosen, cases, wanted, trials, session.alikeness()), rule
        )
        experiments_takes.draw(outlook)
        st.caption(
            ":material/lock: Starting freezes the plan: the question, cases, variants, criteria, "
            "trials and stop rule get a fingerprint, so that nobody moves the goal once results "
            "are in."
        )

        def swap(old: Variant, new: Variant) -> None:
            now = [str(new.id) if v == str(old.id) else v for v in form.value("variants")]
            form.put("variants", list(dict.fromkeys(now)))

        is_here = all([origins.here(chosen, swap), players.here(chosen, cases, swap)])
        plan = Plan(
            question=form.value("question"),
            dataset_version_id=datasets[form.value("dataset")].id,
            variant_ids=tuple(variant.id for variant in chosen),
            criterion_ids=tuple(criterion.id for criterion in wanted),
            trials=trials,
            slices=tuple(form.value("slices")),
            held_out=HELD_OUT[form.value("held_out")],
            stop_rule=rule,
        )
        _start(form, feature.id, plan, outlook, is_here=is_here)


def _fields(
    form: Form,
    feature_id: UUID,
    datasets: Mapping[str, DatasetVersion],
    variants: Mapping[str, Variant],
    requirements: Mapping[UUID, Requirement],
    criteria: Sequence[Criterion],
) -> tuple[list[Case], tuple[Variant, ...], list[Criterion]]:
    st.text_area(
        "Question",
        **form.bind("question"),
        placeholder="Does the shorter prompt still name the right order?",
        height=80,
        help="One question that the results will answer. It is what people read later.",
    )
    form.show_clashes({"question": "Question"})
    store = session.store()
    st.selectbox(
        "Dataset",
        **form.bind_choice("dataset", list(datasets)),
        format_func=lambda d: (
            f"{plain(datasets[d].name)}, version {datasets[d].number} "
            f"({count(datasets[d].n_cases, 'case')})"
        ),
    )
    version = datasets[form.value("dataset")]
    tags = store.reports.datasets.tag_counts(version.id)
    sizes = dict(zip(tags["tag"], tags["cases"], strict=True))
    # A tag of another dataset, or of an older version, is no choice here.
    _leave(form, "slices", sizes)
    st.multiselect(
        "Slices",
        list(sizes),
        **form.bind_pills("slices"),
        format_func=lambda tag: plain(f"{tag} ({sizes[tag]})"),
        placeholder="Every case",
        help="Only cases that carry at least one of these tags. Empty: every case.",
    )
    st.segmented_control(
        "Held-out cases",
        list(HELD_OUT),
        **form.bind_pills("held_out"),
        required=True,
        help="Held-out cases are kept back while prompts are being tuned. Leave them out while "
        "you try things; use only them once, at the end, to see whether the result holds on "
        "cases that nobody tuned for.",
    )
    cases = experiments_outlook.chosen_cases(
        store, version.id, form.value("slices"), HELD_OUT[form.value("held_out")]
    )
    st.multiselect(
        "Variants",
        list(variants),
        **form.bind_pills("variants"),
        format_func=lambda v: plain(variant_name(variants[v])),
        placeholder="Choose what to compare",
        help="A variant is a prompt version, a connection, a model and its parameters. Two or "
        "more on the same cases can be compared.",
    )

    def add(variant: Variant) -> None:
        form.put("variants", list(dict.fromkeys([*form.value("variants"), str(variant.id)])))

    experiments_variant.draw(feature_id, add)
    chosen = tuple(variants[v] for v in form.value("variants"))
    wanted = _criteria(form, requirements, criteria, chosen)
    st.number_input(
        "Trials per case",
        **form.bind("trials"),
        min_value=1,
        max_value=100,
        step=1,
        width=220,
        help="How often each variant is asked for each case. More cases beat more trials: asking "
        "the same case again says little about other cases. Measures of consistency need at "
        "least 2, better 3.",
    )
    stop.draw(form, wanted)
    return cases, chosen, wanted


def _criteria(
    form: Form,
    requirements: Mapping[UUID, Requirement],
    criteria: Sequence[Criterion],
    variants: Sequence[Variant],
) -> list[Criterion]:
    """The criteria but for those that are left out: one that is new takes part by itself."""
    st.markdown("**Criteria**", help="What the outputs are judged by. Choose before you look.")
    by_id = {str(criterion.id): criterion for criterion in criteria}
    left_out = set(form.value("left_out"))
    chosen: list[Criterion] = []
    for requirement in requirements.values():
        mine = [str(c.id) for c in criteria if c.requirement_id == requirement.id]
        if not mine:
            continue
        key, wanted = f"{_PREFIX}_criteria_{requirement.id}", [c for c in mine if c not in left_out]
        if st.session_state.get(key) != wanted:
            st.session_state[key] = wanted
        st.pills(
            f"{requirement.key} {short(requirement.draft.statement, 90)}",
            mine,
            format_func=lambda c: criterion_name(by_id[c], int(form.value("trials")), variants),
            selection_mode="multi",
            wrap=True,
            key=key,
            on_change=_choose_criteria,
            args=(form, key, mine),
            persist_state="session",
        )
        chosen += [by_id[c] for c in wanted]
    return chosen


def _choose_criteria(form: Form, key: str, mine: Sequence[str]) -> None:
    """Callback: leave out what is not chosen of a requirement's criteria."""
    rest = [c for c in form.value("left_out") if c not in mine]
    form.put("left_out", [*rest, *(c for c in mine if c not in st.session_state[key])])


def _start(form: Form, feature_id: UUID, plan: Plan, outlook: Outlook, *, is_here: bool) -> None:
    wanted = control.limits(feature_id, f"{_PREFIX}_limits")
    go, back = st.columns([3, 1])
    back.button("Back", key=f"{_PREFIX}_back", on_click=hide, width="stretch")
    if not go.button(
        md(outlook.starts) if outlook.to_ask else "See the results",
        key=f"{_PREFIX}_start",
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
    form.discard()
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
    st.button("Back", key=f"{_PREFIX}_back_empty", on_click=hide)
    return False


def _loaded(
    feature_id: UUID, datasets: Mapping[str, DatasetVersion], variants: Mapping[str, Variant]
) -> Form:
    """The form with its draft, or as a first plan; what is no choice any more is left out."""
    askable = [key for key, variant in variants.items() if not variant.is_outside]
    first = {
        "question": "",
        "dataset": next(iter(datasets)),
        "slices": [],
        "held_out": next(iter(HELD_OUT)),
        "variants": askable[-1:],
        "left_out": [],
        "trials": 1,
        "stop_rule": str(StopRule.WHOLE_PLAN),
    }
    form = Form(_PREFIX, _scope(feature_id), first, 0)
    form.load()
    choices = {"dataset": datasets, "held_out": HELD_OUT, "stop_rule": [str(r) for r in StopRule]}
    for field, possible in choices.items():
        if form.value(field) not in possible:
            form.put(field, first[field])
    if wanted := st.session_state.pop(PRESELECTED, None):
        form.put("variants", list(map(str, wanted)))
    _leave(form, "variants", variants)
    return form


def _leave(form: Form, field: str, possible: Collection[str]) -> None:
    """Leave in a field what can still be chosen."""
    left = [each for each in form.value(field) if each in possible]
    if left != form.value(field):
        form.put(field, left)


def _scope(feature_id: UUID) -> str:
    return drafts.scope("experiment", feature_id)
