"""The outlook of the playground, in the words that every other page uses for time."""

from workbench.runs.forecast import Forecast
from workbench.runs.forecast_users import Requests
from workbench.ui.playground import ways


def test_the_outlook_says_seconds_as_seconds_and_minutes_as_minutes() -> None:
    short = ways.sentence(Forecast(3, (4.0, 19.0), (0.0, 0.0), "", Requests()), 0)
    assert short == "3 calls · about 4 s, at most 19 s · no cost"
    long = ways.sentence(Forecast(90, (65.0, 600.0), (0.0, 0.0), "", Requests()), 0)
    assert long == "90 calls · about 65 s, at most 10 min · no cost"
