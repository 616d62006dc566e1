"""What an experiment shows: each criterion for each variant, and which variant to go on with."""

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from workbench.actions import candidates
from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.verdicts import CriterionVerdict
from workbench.evidence import comparisons, demands, guards, separation, verdicts
from workbench.evidence.counting import READS
from workbench.evidence.pairing import Pairing
from workbench.evidence.words import figures, measures, missing, sentences
from workbench.say import count
from workbench.ui.experiments import preferences
from workbench.ui.parts import cautions, folds, look, pages, pictures, session, trouble
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, short, tabular


def draw(experiment: Experiment) -> None:
    """The results; while the run goes on they are read again every few seconds."""
    is_live = services().jobs.is_live(experiment.id)
    st.fragment(trouble.boundary(_draw), run_every="5s" if is_live else None)(experiment)


def _draw(experiment: Experiment) -> None:
    is_running = services().jobs.is_live(experiment.id)
    found = session.remembered(
        "experiment_verdicts",
        (experiment.id, is_running),
        lambda: verdicts.of_experiment(
            session.store(), experiment, session.counted(), is_running=is_running
        ),
        feature=experiment.feature_id,
    )
    if not found:
        st.info("The criteria of this experiment were put away since.")
        return
    waits = _waits_for_people(experiment) or preferences.waiting(experiment)
    if not any(row.is_evaluated for row in found) and not waits:
        why = missing.why_nothing(found)
        if why:
            st.warning(md(why), icon=":material/error:")
            return
        st.info(_nothing_yet(experiment, is_running=is_running), icon=":material/insights:")
        return
    if is_running:
        st.caption(f":material/visibility: {sentences.WHILE_RUNNING}")
    elif len(experiment.variants) > 1 and not experiment.is_sequential:
        compared = session.remembered(
            "comparisons",
            experiment.id,
            lambda: comparisons.of_experiment(
                session.store(), experiment, Pairing(session.store(), session.counted())
            ),
            feature=experiment.feature_id,
        )
        st.markdown(f":material/call_split: {md(separation.in_words(experiment, compared))}")
    _next_steps(experiment)
    st.caption(pictures.LEGEND)
    keep_in_mind = st.container()
    # A plan may name a criterion of an earlier requirement last: each requirement stands once.
    first = {row.requirement.id: at for at, row in reversed(list(enumerate(found)))}
    ordered = sorted(found, key=lambda row: first[row.requirement.id])
    for _, rows in groupby(ordered, key=lambda row: row.requirement.id):
        mine = list(rows)
        st.markdown(
            f"**{mine[0].requirement.key}** :gray[{short(mine[0].requirement.draft.statement, 99)}]"
        )
        for _, of_criterion in groupby(mine, key=lambda row: row.criterion.id):
            _criterion(experiment, list(of_criterion))
    preferences.draw(experiment)
    _numbers(found)
    if not is_running:
        # Last, into its place above: what was found is there while this is still being looked for.
        with keep_in_mind:
            _guards(experiment, found)


def _nothing_yet(experiment: Experiment, *, is_running: bool) -> str:
    """Why there are no results, and what makes some."""
    never_ran = not is_running and session.store().runs.latest(experiment.id) is None
    if never_ran and not experiment.is_sequential:
        return "This experiment was not started yet. Start it above: the results appear here."
    return "Nothing has been scored yet. The results appear here."


def _guards(experiment: Experiment, found: Sequence[CriterionVerdict]) -> None:
    said = session.remembered(
        "guards",
        experiment.id,
        lambda: guards.of_experiment(session.store(), experiment, found),
        feature=experiment.feature_id,
        # The verdicts were read before.
        also=READS,
    )
    cautions.draw(said, key="experiments_guards")


def _criterion(experiment: Experiment, rows: list[CriterionVerdict]) -> None:
    criterion = rows[0].criterion
    by_id = {variant.id: variant for variant in experiment.variants}
    with st.container(border=True):
        st.markdown(f"**{criterion.key}** {md(criterion.draft.title)}")
        where = ", ".join(criterion.draft.slices)
        measure = md(measures.measure(criterion.draft))
        st.caption(
            f"{measure[0].upper()}{measure[1:]}: {measures.bar(criterion)}"
            + (f" on cases tagged {md(where)}" if where else "")
        )
        _changed_since(experiment, criterion)
        if criterion.draft.scorer.over is not None:
            over = md(criterion.draft.scorer.over)
            st.caption(f"{over} is what others are compared with: it has no verdict here.")
        for row in rows:
            whose = () if row.variant_id is None else (look.variant_text(by_id[row.variant_id]),)
            shown = look.verdict(row.verdict, is_evaluated=row.is_evaluated)
            # The pictures on one edge: their lengths can be compared. On a narrow page each goes
            # below its words.
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(
                    "\u2002".join((*whose, shown.badge, figures.figure(row))), width="stretch"
                )
                pictures.line(row, key=f"experiments_line_{criterion.id}_{row.variant_id}")
        for warning in dict.fromkeys(w for row in rows for w in row.warnings):
            st.caption(f":material/warning: {md(warning[0].upper() + warning[1:])}.")


def _changed_since(experiment: Experiment, criterion: Criterion) -> None:
    """What changed in what the criterion asks for since the plan was frozen, if anything did."""
    frozen = dict(experiment.criteria).get(criterion.id)
    if frozen is None or frozen == criterion.number:
        return
    store = session.store()
    changes = session.remembered(
        "demands", experiment.feature_id, lambda: demands.of_feature(store, experiment.feature_id)
    )
    for change in demands.since(changes, criterion.id, frozen):
        why = f" Why: {md(change.why)}" if change.why else ""
        st.caption(
            f":material/history: Since this plan was frozen, {md(change.sentence())} "
            f"({change.created_at:%d %b %Y}, {md(change.author or 'somebody')}).{why}"
        )


def _next_steps(experiment: Experiment) -> None:
    waiting = _waits_for_people(experiment)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if waiting:
            st.page_link(
                pages.link("rating"),
                label=f"{count(waiting, 'output')} {'waits' if waiting == 1 else 'wait'} for a "
                "rating",
                icon=":material/grading:",
            )
        preferences.link(experiment)
        st.page_link(
            pages.link("verdicts"), label="See what this decides", icon=":material/balance:"
        )
        _candidate(experiment)


def _candidate(experiment: Experiment) -> None:
    store = session.store()
    by_id = {str(v.id): v for v in experiment.variants}
    current = session.candidate()
    with st.popover("Choose the candidate", icon=":material/flag:", key="experiments_candidate"):
        st.caption("The candidate is the variant you mean to ship. Decide judges it.")
        chosen = st.segmented_control(
            "Variant",
            list(by_id),
            default=str(current) if str(current) in by_id else next(iter(by_id)),
            format_func=lambda v: md(by_id[v].label),
            required=True,
            key=f"experiments_candidate_of_{experiment.id}",
            persist_state="page",
        )
        assert chosen is not None
        st.caption(md(by_id[chosen].describe()))
        why = st.text_input(
            "Why",
            key=f"experiments_candidate_why_{experiment.id}",
            placeholder="Meets more bars, and costs no more",
        )
        if str(current) == chosen:
            st.markdown(f":material/flag: {md(by_id[chosen].label)} is the candidate.")
        elif st.button(
            f"Make {md(by_id[chosen].label)} the candidate",
            key=f"experiments_candidate_choose_{experiment.id}",
            type="primary",
            disabled=not why.strip(),
            help=None if why.strip() else "Say why first: it is kept on record.",
        ):
            candidates.choose(store, session.who(), experiment.feature_id, by_id[chosen].id, why)
            st.toast(f"{md(by_id[chosen].label)} is the candidate now")
            st.rerun()


def _numbers(found: Sequence[CriterionVerdict]) -> None:
    label = "All numbers"
    fold = folds.bind("experiments_all_numbers", label)
    with st.expander(label, icon=":material/table:", **fold) as folded:
        if not folded.open:
            return
        st.dataframe(
            tabular(
                {
                    "Criterion": [row.criterion.key for row in found],
                    "Variant": [row.variant for row in found],
                    "Verdict": [row.verdict.label for row in found],
                    "Bar": [measures.bar(row.criterion) for row in found],
                    "Estimate": [figures.figure(row) for row in found],
                    "Effective size": [round(row.estimate.n_effective, 1) for row in found],
                    "Passes every time": [figures.repeated(row.pass_hat_k) for row in found],
                    "Passes at least once": [figures.repeated(row.pass_at_k) for row in found],
                    "Method": [row.estimate.method for row in found],
                }
            ),
            hide_index=True,
            key="experiments_numbers",
        )
        st.caption(
            "Each bound holds with the criterion's confidence (Clopper-Pearson on the effective "
            "sample size; Korn and Graubard 1998). Unscored answers count against both ends."
        )


def _waits_for_people(experiment: Experiment) -> int:
    return session.remembered(
        "ratings_open",
        experiment.id,
        lambda: session.store().reports.rating.waiting(experiment.feature_id, experiment.id),
        feature=experiment.feature_id,
    )
