"""What pages read: a feature that has gone around the loop many times is as quick as a new one."""

import pytest
from streamlit.testing.v1 import AppTest

from workbench.domain.calls import Parameters
from workbench.domain.experiments import Plan
from workbench.store.engine.database import Database
from workbench.store.store import Store
from workbench.ui.parts.resources import services


@pytest.mark.parametrize(
    "page", ["define/overview", "experiment/experiments", "score/rating", "decide/verdicts"]
)
def test_more_experiments_and_revisions_are_read_in_as_many_queries(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    app.switch_page(f"pages/{page}.py").run()
    before = queries(app, monkeypatch)
    go_around(services().store, times=4)
    assert queries(app, monkeypatch) == before


def queries(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often the open page reads the database when nothing is remembered."""
    read, count = Database._read, 0

    def counted(database: Database, reading: object) -> object:
        nonlocal count
        count += 1
        return read(database, reading)

    services().memo.clear()
    with monkeypatch.context() as patch:
        patch.setattr(Database, "_read", counted)
        app.run()
    assert not app.exception
    return count


def go_around(store: Store, times: int) -> None:
    """Revise the first requirement and criterion, and plan an experiment of two new variants."""
    (feature,) = store.features.all()
    dataset = store.datasets.of(feature.id)[0]
    prompt = store.prompts.versions(feature.id)[-1]
    for number in range(times):
        requirement, criterion = (
            store.requirements.of(feature.id)[0],
            store.criteria.of(feature.id)[0],
        )
        store.requirements.revise(
            requirement.id, requirement.draft, requirement.revision.number, "Ada", f"Why {number}"
        )
        store.criteria.revise(
            criterion.id, criterion.draft, criterion.number, "Ada", f"Why {number}"
        )
        variants = [
            store.variants.save(
                prompt, "Local model", "m", Parameters(max_tokens=300 + 2 * number + i)
            )
            for i in (0, 1)
        ]
        store.experiments.add(
            feature.id,
            Plan(
                question=f"Is it better, the {number + 2}nd time?",
                dataset_version_id=dataset.id,
                variant_ids=tuple(variant.id for variant in variants),
                criterion_ids=(criterion.id,),
            ),
            "Ada",
        )
