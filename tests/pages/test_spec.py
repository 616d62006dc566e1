"""The spec: what is missing before it is ready, how it reads, and the files that leave."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import results
from workbench.domain.scores import Outcome
from workbench.exchange.feature import file
from workbench.store.store import Store
from workbench.ui.parts.resources import services
from workbench.ui.spec import files, outline

PAGE = "pages/decide/spec.py"


def _store() -> Store:
    return services().store


SOURCE, YAML = ":material/code: Markdown source", ":material/data_object: YAML"


def _opened(app: AppTest, tab: str = "") -> AppTest:
    found = app.switch_page(PAGE).run()
    if tab:
        found.session_state["spec_tabs"] = tab
        found.run()
    assert not found.exception
    return found


def _said(app: AppTest) -> list[str]:
    return [element.value for element in app.markdown]


def test_what_is_missing_is_a_checklist(app: AppTest) -> None:
    open_ones = [text for text in _said(_opened(app)) if "radio_button_unchecked" in text]
    assert [text for text in open_ones if "without enough evidence" in text]


def test_a_requirement_without_a_criterion_is_missing_one(app: AppTest) -> None:
    store = _store()
    store.criteria.archive(results.rated(store).id, "Ada", "Not needed")
    assert [text for text in _said(_opened(app)) if "R6 is without a criterion" in text]


def test_unrated_outputs_are_counted(app: AppTest) -> None:
    results.answered(_store(), cases=3)
    assert [text for text in _said(_opened(app)) if "6 outputs wait for a person" in text]


def test_missed_and_stale_requirements_are_named(app: AppTest) -> None:
    store = _store()
    experiment = results.answered(store, ("C4",), cases=12)
    results.score(store, experiment, "C4", lambda trial: Outcome.FAIL)
    results.choose(store, "ZEBRA")
    revised = next(r for r in store.requirements.of(results.sample_id(store)) if r.key == "R2")
    store.requirements.revise(revised.id, revised.draft, 1, "Test", "Clearer")
    said = _said(_opened(app))
    assert [text for text in said if "R2 is resting on stale evidence" in text]


def test_the_spec_is_shown_as_the_writer_wrote_it(app: AppTest) -> None:
    spec = next(text for text in _said(_opened(app)) if text.startswith("# Support reply"))
    assert spec in [block.value for block in _opened(app, SOURCE).code]


def test_both_files_can_be_downloaded(app: AppTest) -> None:
    labels = [element.proto.label for element in _opened(app).get("download_button")]
    assert labels == ["Spec (Markdown)", "Feature file (YAML)"]


def test_the_feature_file_that_is_shown_can_be_read_again(app: AppTest) -> None:
    yaml = next(b.value for b in _opened(app, YAML).code if b.value.startswith("workbench: 1"))
    assert file.load(yaml).feature(None).name == results.sample(_store()).name


def test_engineering_gets_the_command_with_the_candidates_model(app: AppTest) -> None:
    command = next(b.value for b in _opened(app).code if b.value.startswith("python -m"))
    assert "run support-reply-assistant.yaml" in command
    assert "--model SmolLM2-135M-Instruct" in command
    assert "--api-key-env" in command


def test_what_people_wrote_is_not_live_in_the_preview(app: AppTest) -> None:
    store = _store()
    feature = results.sample(store)
    beacon = "![x](http://evil.test/a.png) :red[loud] $x$"
    store.features.save(replace(feature, problem=beacon))
    spec = next(text for text in _said(_opened(app)) if text.startswith("# Support reply"))
    assert "![x](" not in spec
    assert ":red[" not in spec


def test_a_long_spec_is_cut_in_the_preview(app: AppTest) -> None:
    store = _store()
    feature = results.sample(store)
    store.features.save(replace(feature, problem="A long story.\n\n" * 6_000))
    shown = _opened(app)
    assert "The download has the rest." in shown.info[0].value
    assert max(len(text) for text in _said(shown)) <= files.PREVIEW


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Support reply assistant", "support-reply-assistant"),
        ("Réponse n° 1!", "reponse-n-1"),
        ("../../etc/passwd", "etc-passwd"),
        ("返信", "feature"),
        ("x" * 80, "x" * 60),
    ],
)
def test_a_files_name_is_a_slug_of_the_features(name: str, expected: str) -> None:
    assert files.slug(name) == expected


def test_a_preview_is_cut_between_lines() -> None:
    text = "\n\n".join(f"`http://evil.test/{'x' * 90}`" for _ in range(1_000))
    shown, is_cut = files.preview(text)
    assert is_cut
    assert shown.endswith("`")
    assert len(shown) <= files.PREVIEW


def test_the_spec_says_what_to_keep_in_mind_of_its_verdicts(app: AppTest) -> None:
    experiment = results.answered(_store(), ("C10",), cases=12)
    results.score(_store(), experiment, "C10", lambda _: Outcome.PASS, rater="Ada")
    results.choose(_store(), "ZEBRA")
    shown = _opened(app, SOURCE)
    (source,) = [code.value for code in shown.code if code.language == "markdown"]
    kept = source[source.find("**To keep") :][:600]
    assert kept.startswith(
        f"**To keep in mind**\n\n- {experiment.key}: The candidate was chosen among 2 variants"
    )
    assert f"\n- {experiment.key}: No output was rated by two people" in kept


def test_the_outline_leads_to_every_part_and_to_each_requirement_by_its_words(app: AppTest) -> None:
    said = _said(_opened(app))
    spec = next(text for text in said if text.startswith("# Support reply"))
    listed = next(text for text in said if text.startswith("- [Status](#status)"))
    assert listed.count("](#") == spec.count("\n## ") + spec.count("\n### ")
    first = next(r for r in _store().requirements.of(results.sample_id(_store())) if r.key == "R1")
    assert f"- [R1: {first.draft.statement[:40]}" in listed
    assert "- [Known limits](#known-limits)" in listed


def test_what_looks_like_a_heading_in_a_block_of_code_is_no_part_of_the_spec() -> None:
    text = "# F\n\n## Status\n\n````text\n```\n## Not this\n````\n\n### R2: safety, high impact\n"
    assert outline.parts(text) == [
        ("Status", "status", False),
        ("R2: safety, high impact", "r2-safety-high-impact", True),
    ]
