"""Look at the form of an output: JSON, XML and SQL."""

from typing import Any

from workbench.domain import json_path, json_text, values
from workbench.domain.fingerprint import canonical
from workbench.domain.kinds.settings import Settings, is_number
from workbench.domain.kinds.shapes import DIALECTS
from workbench.domain.scores import Judgement
from workbench.errors import InputError
from workbench.scoring import json_answers, schemas, sql_answers, xml_answers
from workbench.scoring.kinds.check import Check, Subject, failed, listed, passed
from workbench.scoring.wanted import wanted
from workbench.scoring.wording import normalised, quoted

_TRIM = 120
_SHOWN = 5


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


def _json_path(settings: Settings, subject: Subject) -> Judgement:
    asked = wanted(str(settings.get("text") or "{{reference}}"), subject.names)
    try:
        value = json_answers.read(subject.output).value
    except json_text.Doubled as error:
        return failed(f"Can be read in two ways: {error}.")
    except ValueError as error:
        return failed(f"Is not valid JSON: {str(error)[:_TRIM]}.")
    path = str(settings["path"])
    there = json_path.found(path, value)
    if not there:
        return failed(f"Has nothing at {path}.")
    for each in there:
        for text in asked.texts:
            if _is_same(each, text):
                return passed(f"Has {asked.said(text)} at {path}.")
    held = ", ".join(quoted(values.text(each)) for each in there[:_SHOWN])
    more = f" and {len(there) - _SHOWN:,} more" if len(there) > _SHOWN else ""
    return failed(f"Has {held}{more} at {path}, expected {asked.described()}.")


def _is_same(value: Any, text: str) -> bool:
    """Whether a value of JSON is what a text says: as people read it, a number as a number, a list
    or a group of keys as JSON."""
    if isinstance(value, str):
        return normalised(value) == normalised(text)
    try:
        meant = json_text.read(text)
    except ValueError:
        return False
    except InputError:
        return False
    # True is 1 in Python, but not in JSON.
    return canonical(value) == canonical(meant) or (
        is_number(value) and is_number(meant) and value == meant
    )


def _xml(settings: Settings, subject: Subject) -> Judgement:
    text, around = json_answers.bare(subject.output)
    aside = f" (It stands {around}.)" if around else ""
    try:
        document = xml_answers.read(text)
    except xml_answers.Malformed as error:
        return failed(f"Is not well-formed XML: {error}.{aside}")
    root = str(settings.get("root") or "").strip()
    if root and document.root != root:
        return failed(f"Its root element is {quoted(document.root)}, not {quoted(root)}.{aside}")
    missing = [name for name in settings.get("elements") or () if name not in document.elements]
    if missing:
        return failed(f"Has no element {listed(missing)}.{aside}")
    return passed(f"Is well-formed XML with the root element {quoted(document.root)}.{aside}")


def _sql(settings: Settings, subject: Subject) -> Judgement:
    text, around = json_answers.bare(subject.output)
    aside = f" (It stands {around}.)" if around else ""
    dialect = str(settings.get("dialect", DIALECTS[0]))
    found = sql_answers.read(text, dialect)
    if found.wrong:
        return failed(f"Is not SQL that can be read: {found.wrong}.{aside}")
    if found.writes and settings.get("reads_only"):
        return failed(f"Does not only read: it has {', '.join(found.writes)}.{aside}")
    many = "1 statement" if found.statements == 1 else f"{found.statements} statements"
    return passed(f"Is SQL: {many}.{aside}", found.statements)


CHECKS = {
    "json_schema": Check(_json_schema, _refuse_schema),
    "json_path": Check(_json_path),
    "xml": Check(_xml),
    "sql": Check(_sql),
}
