"""Look at the form of an output: JSON by a schema."""

from workbench.domain import json_text
from workbench.domain.kinds.settings import Settings
from workbench.domain.scores import Judgement
from workbench.scoring import json_answers, schemas
from workbench.scoring.kinds.check import Check, Subject, failed, passed

_TRIM = 120


def _json_schema(settings: Settings, subject: Subject) -> Judgement:
    try:
        found = json_answers.read(subject.output)
    except json_text.Doubled as error:
        return failed(f"Can be read in two ways: {error}.")
    except ValueError as error:
        return failed(f"Is not valid JSON: {str(error)[:_TRIM]}.")
    schema = settings.get("schema") or {}
    aside = f" (It stands {found.around}.)" if found.around else ""
    if not schema:
        return passed(f"Is valid JSON.{aside}")
    misfit = schemas.misfit(schema, found.value, found.text)
    if misfit is None:
        return passed(f"Is valid JSON and fits the schema.{aside}")
    return failed(f"Does not fit the schema at {misfit.place}: {misfit.message}.{aside}")


def _refuse_schema(settings: Settings) -> None:
    schemas.refuse_unusable(settings.get("schema") or {})


CHECKS = {"json_schema": Check(_json_schema, _refuse_schema)}
