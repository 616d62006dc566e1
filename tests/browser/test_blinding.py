"""Nothing that reaches a rater's browser says whose output it is: frames, page, address, files."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, running, sample_in
from tests.browser.test_rating_keys import fewer_than, score_page
from tests.pages import results

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CASES = 4


@pytest.fixture
def secrets(tmp_path: Path) -> list[str]:
    """Long outputs of two variants, and every name and number that would give one away."""
    found = []
    with sample_in(tmp_path) as store:
        experiment = results.answered(
            store,
            cases=CASES,
            say=lambda label, case, number: f"Dear customer {case}. " + "word " * 900,
        )
        for variant in experiment.variants:
            prompt = variant.prompt
            found += [variant.label, str(variant.id), variant.model, variant.connection]
            found += [str(prompt.id), variant.describe()]
        found += [str(trial.id) for trial in store.trials.of_experiment(experiment.id)]
    return found


@pytest.fixture
def app(tmp_path: Path, secrets: list[str]) -> Iterator[App]:
    """The app with those outputs, none rated."""
    with running(tmp_path) as started:
        yield started


def test_frames_page_address_and_downloads_name_no_variant(
    app: App, page: Page, secrets: list[str]
) -> None:
    frames: list[bytes] = []
    answers: list[str] = []

    def keep(frame: bytes | str) -> None:
        frames.append(frame if isinstance(frame, bytes) else frame.encode())

    def listen(socket: object) -> None:
        socket.on("framereceived", keep)  # type: ignore[attr-defined]  # Playwright's own event
        socket.on("framesent", keep)  # type: ignore[attr-defined]  # Playwright's own event

    page.on("websocket", listen)
    page.on("request", lambda request: answers.append(request.url))
    page.on("response", lambda response: answers.append(str(response.headers)))
    score_page(page, app)
    page.get_by_role("button", name="Pass").first.click()
    expect(page.get_by_text(fewer_than(2 * CASES)).first).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("button", name="The whole text").first.click()
    download = started.value
    held = Path(download.path()).read_bytes()
    assert b"Dear customer" in held
    told = {
        "frames": b"\n".join(frames),
        "page": page.content().encode(),
        "address": page.url.encode(),
        "requests": "\n".join(answers).encode(),
        "download": held + download.suggested_filename.encode(),
    }
    assert b"Dear customer" in told["frames"], "the frames were heard"
    hits = [(where, one) for where, text in told.items() for one in secrets if one.encode() in text]
    assert hits == []
