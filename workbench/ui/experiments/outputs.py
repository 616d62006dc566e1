"""Every output of an experiment: filter, page, open one, take all of them along."""

from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import pandas as pd
import streamlit as st

from workbench.domain.experiments import Experiment
from workbench.domain.trials import Ending, ending
from workbench.errors import NotFound
from workbench.say import count
from workbench.ui.experiments import download, filters
from workbench.ui.experiments import one as experiments_one
from workbench.ui.parts import blind, endings, links, session
from workbench.ui.parts.text import md, tabular

OPEN, LINK = "experiments_trial", "output"
"""The id of the trial that is shown whole."""
_PAGE = 25
_OUTCOMES = {
    "pass": "passes",
    "fail": "fails",
    "not_applicable": "not applicable",
    "unscored": "unscored",
}
_P = "experiments_filter_"
_FILTERS = tuple(f"{_P}{name}" for name in ("criterion", "outcome", "variant", "slice", "search"))


def draw(experiment: Experiment) -> None:
    """The table of outputs with its filters, and the one that was chosen beside it."""
    store = session.store()
    links.take_open(LINK, OPEN)
    every = store.criteria.of_experiment(experiment)
    hidden = blind.rated(experiment, every)
    criteria = {str(c.id): c for c in every if c not in hidden}
    blind.say(hidden)
    chosen = _filters(experiment, {c: f"{k.key} {k.draft.title}" for c, k in criteria.items()})
    judged = criteria.get(chosen["criterion"] or "")
    known = {
        "variant_id": UUID(chosen["variant"]) if chosen["variant"] else None,
        "criterion_id": judged.id if judged else None,
        "scorer": judged.draft.scorer.fingerprint() if judged else "",
        "outcome": chosen["outcome"] if judged else None,
        "search": chosen["search"],
        "tag": chosen["slice"],
    }
    read = partial(store.reports.outputs.page, experiment.id, **known)
    page = int(st.session_state.get("experiments_outputs_page", 1))
    frame = read(limit=_PAGE, offset=(page - 1) * _PAGE)
    if frame.empty and page > 1:
        # The filters leave fewer pages than the one that was open.
        st.session_state["experiments_outputs_page"] = page = 1
        frame = read(limit=_PAGE, offset=0)
    if frame.empty:
        filters.nothing("output", _FILTERS, f"{_P}clear")
        return
    trial_ids = [str(trial_id) for trial_id in frame["trial_id"]]
    # Below each other where the page is too narrow for both.
    with st.container(horizontal=True, gap="medium"):
        table, one = st.container(width=590), st.container(width=380)
    with table:
        _table(frame, trial_ids, is_judged=judged is not None)
        total = int(frame["total"].iloc[0])
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{count(total, 'trial')}, {_PAGE} on a page", width="content")
            if total > _PAGE:
                st.pagination(-(-total // _PAGE), key="experiments_outputs_page")
        download.draw(experiment)
    with one:
        opened = _opened(experiment)
        links.give_open(LINK, OPEN, None if opened is None else str(opened))
        if opened is None:
            st.info("Select a row to read the whole of it.", icon=":material/ads_click:")
        else:
            experiments_one.draw(experiment, opened)


def _opened(experiment: Experiment) -> UUID | None:
    """The output that is open; one that a link names may be another experiment's, or none."""
    store = session.store()
    try:
        trial = store.trials.get(UUID(str(st.session_state.get(OPEN))))
    except (NotFound, ValueError):
        return None
    is_here = trial.variant_id in {variant.id for variant in experiment.variants}
    return trial.id if is_here else None


def _filters(experiment: Experiment, criteria: dict[str, str]) -> dict[str, Any]:
    tags = filters.tags(experiment)
    labels = {str(v.id): v.label for v in experiment.variants}
    filters.forget_foreign({f"{_P}criterion": criteria, f"{_P}slice": tags, f"{_P}variant": labels})
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    criterion = filters.criterion(
        row,
        criteria,
        f"{_P}criterion",
        placeholder="Any",
        help="Shows what this criterion thought of each output.",
    )
    outcome = row.segmented_control(
        "Outcome",
        list(_OUTCOMES),
        format_func=lambda o: _OUTCOMES[o],
        key=f"{_P}outcome",
        persist_state="session",
        disabled=criterion is None,
        help="Choose a criterion first. Unscored: no rating yet, or the call failed.",
    )
    variant = row.segmented_control(
        "Variant",
        list(labels),
        format_func=lambda v: md(labels[v]),
        key=f"{_P}variant",
        persist_state="session",
    )
    tag = filters.slice_of(row, tags, f"{_P}slice")
    search = filters.search(
        row,
        f"{_P}search",
        help="Looks into outputs, error messages and the keys of cases.",
    )
    return {
        "criterion": criterion,
        "outcome": outcome,
        "variant": variant,
        "slice": tag,
        "search": search,
    }


def _table(frame: pd.DataFrame, trial_ids: Sequence[str], *, is_judged: bool) -> None:
    shown = pd.DataFrame(
        {
            "Case": frame["case"],
            "Variant": frame["variant"],
            "Trial": frame["number"],
            "Output": [_text(row) for row in frame.to_dict("records")],
            "Seconds": [
                None if pd.isna(latency) else latency / 1000 for latency in frame["latency_ms"]
            ],
        }
    )
    if is_judged:
        shown.insert(3, "Outcome", frame["outcome"].str.replace("_", " "))
        shown.insert(4, "Reason", frame["reason"].fillna(""))
    opened = st.session_state.get(OPEN)
    at = [trial_ids.index(opened)] if opened in trial_ids else []
    key = f"experiments_outputs_{trial_ids[0]}_{len(trial_ids)}_{is_judged}"
    st.dataframe(
        tabular(shown),
        key=key,
        hide_index=True,
        height=560,
        on_select=lambda: _open(key, trial_ids),
        selection_mode="single-row",
        selection_default={"selection": {"rows": at, "columns": []}},
        column_config={
            "Case": st.column_config.TextColumn(width=100),
            "Variant": st.column_config.TextColumn(width=60),
            "Trial": st.column_config.NumberColumn(width=45),
            "Outcome": st.column_config.TextColumn(width=75),
            "Reason": st.column_config.TextColumn(width="medium"),
            "Output": st.column_config.TextColumn(width="large"),
            "Seconds": st.column_config.NumberColumn(width=70, format="%.1f"),
        },
    )


def _text(row: Mapping[Hashable, Any]) -> str:
    """An output, or why there is none and what there was of it, with how it ended in front."""
    failure = row["failure"] if isinstance(row["failure"], str) else None
    came_to = ending(failure, row["finish_reason"], row["is_refusal"] is True)
    if isinstance(row["output"], str):
        return f"{endings.mark(came_to)}{row['output']}"
    until_then = f" Until then: {row['partial']}" if isinstance(row["partial"], str) else ""
    word = "filtered" if came_to is Ending.FILTERED else "failed"
    return f"{word}: {row['message']}{until_then}"


def _open(key: str, trial_ids: Sequence[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    st.session_state[OPEN] = trial_ids[rows[0]] if rows else None
