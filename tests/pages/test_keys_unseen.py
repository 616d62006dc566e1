"""What the app sends to a browser never holds a key: every page, after the key was used."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.faults import endpoint as faults
from tests.pages import results
from tests.pages.conftest import ROOT
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.experiments import Plan, RunState
from workbench.ui.parts.resources import services

CANARY = "sk-canary-3d07c5e91ab64f"
PAGES = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("pages/*/*.py"))


def everything(app: AppTest) -> str:
    """All that a browser is sent: every element's protobuf of the page."""

    def walk(block: Any) -> list[str]:
        children = getattr(block, "children", {}).values()
        return [str(getattr(block, "proto", "")), *(t for child in children for t in walk(child))]

    return "\n".join(walk(app._tree))


def use_the_key(base_url: str) -> RunState:
    """Run an experiment of four cases through a connection that has a key."""
    store, jobs = services().store, services().jobs
    gateway = Connection("Gateway", base_url, ("fake-1",), "GATEWAY_KEY")
    store.connections.add(gateway)
    feature_id = results.sample_id(store)
    prompt = store.prompts.versions(feature_id)[-1]
    variant = store.variants.save(prompt, "Gateway", "fake-1", Parameters())
    version = store.datasets.of(feature_id)[0]
    cases = tuple(case.id for case in store.datasets.cases(version.id)[:4])
    criteria = (results.criterion(store, "C1").id,)
    plan = Plan("Does it leak?", version.id, (variant.id,), criteria, case_ids=cases)
    experiment = store.experiments.add(feature_id, plan, "Test")
    run = jobs.start(experiment.id, "Test")
    assert jobs.wait(experiment.id, 30)
    return store.runs.get(run.id).state


@pytest.mark.parametrize(
    ("mode", "state"), [("ok", RunState.FINISHED), ("echo_key", RunState.FAILED)]
)
def test_no_page_sends_the_key_to_the_browser(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, mode: str, state: RunState
) -> None:
    monkeypatch.setenv("GATEWAY_KEY", CANARY)
    with faults.serve(mode, text=f"your key is {CANARY}") as server:
        assert use_the_key(server.base_url) is state
        assert server.headers["authorization"] == f"Bearer {CANARY}"
    shown = [everything(app.switch_page(page).run()) for page in PAGES]
    assert any("Does it leak?" in page for page in shown)
    assert any("GATEWAY" in page for page in shown)
    assert not any(CANARY in page for page in shown)
