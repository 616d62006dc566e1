"""Scorers that are models: a rubric, and who is asked to judge by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain.kinds import looking
from workbench.domain.kinds.entry import By, KindEntry
from workbench.domain.kinds.fields import Field, Widget
from workbench.domain.kinds.rubrics import Levels, Scale
from workbench.domain.kinds.settings import Line, Setting, Settings, Shape

RUBRIC = (
    *("question", "passes", "fails", "scale", "passes_from", "levels"),
    *("better", "over", looking.NAME),
)
"""What of its settings says what is asked: people who label its outputs are asked the same."""
ASIDE = ("must_fail", "must_lose")
"""What changes no word of a judge about an output: changed, its words stay."""
PROMPT_VERSION = 1
"""Of the prompt, the schema and the parameters that judges get (`scoring/judge.py`): counted up
when one of them changes, so that old words are never mixed with new."""

_NTH = {2: "second", 3: "third"}
_BESIDE = len(_NTH)


@dataclass(frozen=True)
class Words(Line):
    """Some sentences; what is left empty is left out."""

    height: int = 90
    not_with: str = ""

    def fields(self) -> tuple[Field, ...]:
        return (
            Field(
                self.name, self.label, Widget.AREA, help=self.help, placeholder=self.placeholder,
                height=self.height, not_with=self.not_with,
            ),
        )  # fmt: skip

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        text = str(body[self.name]).strip()
        return {self.name: text} if text and not body.get(self.not_with) else {}


@dataclass(frozen=True)
class _Either(Words):
    """What passes, or what fails: said by the levels of a scale where there is one."""

    def problem(self, settings: Settings) -> str:
        if settings.get("scale") is None:
            return super().problem(settings)
        is_said = bool(str(settings.get(self.name, "")).strip())
        return f"its levels say what passes: leave out “{self.name}”." if is_said else ""


@dataclass(frozen=True)
class Asked(Line):
    """The name of what is asked, typed in a `widget` that knows which there are."""

    widget: Widget = Widget.LINE

    def fields(self) -> tuple[Field, ...]:
        return (Field(self.name, self.label, self.widget, help=self.help, beside=True),)

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {self.name: str(body[self.name] or "").strip()}


@dataclass(frozen=True)
class _Panel(Setting):
    """One or two judges beside the first: what most of them say is the panel's word."""

    def shapes(self) -> dict[str, Shape]:
        names = {"connection": {"type": "string"}, "model": {"type": "string"}}
        member = {
            "type": "object",
            "properties": names,
            "required": list(names),
            "additionalProperties": False,
        }
        return {self.name: {"type": "array", "items": member, "minItems": 1, "maxItems": _BESIDE}}

    def fields(self) -> tuple[Field, ...]:
        switch = Field(
            "is_panel", "A panel: ask other models, too", Widget.SWITCH, False,
            help="Each judges by itself; what more than half of them say is the panel's word. "
            "Without a majority an output is unscored.",
        )  # fmt: skip
        asked = [
            Field(f"{name}_{n}", f"{label}, {_NTH[n]} judge", widget, beside=True,
                  only_with="is_panel", of=f"connection_{n}")
            for n in _NTH
            for name, label, widget in (
                ("connection", "Connection", Widget.CONNECTION),
                ("model", "Model", Widget.MODEL),
            )
        ]  # fmt: skip
        return (switch, *asked)

    def problem(self, settings: Settings) -> str:
        found = settings.get(self.name)
        if found is None:
            return ""
        if not isinstance(found, list | tuple) or not 1 <= len(found) <= _BESIDE:
            return f"its panel is a list of 1 to {_BESIDE} judges beside the first."
        for member in found:
            is_whole = isinstance(member, Mapping) and set(member) == {"connection", "model"}
            if not is_whole or not all(str(name).strip() for name in member.values()):
                return "each judge of its panel has a connection and a model."
        asked = models({"model": "a model", **settings})
        if len(set(asked)) < len(asked):
            return "its panel asks one model twice: ask models that may err differently."
        return ""

    def typed(self, settings: Settings) -> dict[str, Any]:
        beside = [*settings.get(self.name, ()), *({} for _ in _NTH)]
        held = {
            f"{name}_{n}": member.get(name, "")
            for n, member in zip(_NTH, beside, strict=False)
            for name in ("connection", "model")
        }
        return {"is_panel": self.name in settings, **held}

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if not body.get("is_panel"):
            return {}
        asked = [
            {name: str(body[f"{name}_{n}"] or "").strip() for name in ("connection", "model")}
            for n in _NTH
        ]
        return {self.name: [member for member in asked if any(member.values())] or asked[:1]}


def models(settings: Settings) -> tuple[str, ...]:
    """The models that judge: one, or the members of a panel."""
    beside = settings.get("panel", ())
    return (str(settings["model"]), *(str(member["model"]) for member in beside))


def members(settings: Settings) -> tuple[Settings, ...]:
    """The settings of each judge of a panel as if it judged alone; of one that does, its own."""
    alone = {name: value for name, value in settings.items() if name != "panel"}
    return (alone, *({**alone, **member} for member in settings.get("panel", ())))


def _said(settings: Settings, title: str) -> str:
    question = settings.get("question") or title
    least = settings.get("passes_from")
    what = "a pass" if least is None else f"{least:g} or more"
    asked = models({"model": "a model", **settings})
    who = asked[0] if len(asked) == 1 else f"most of {', '.join(asked[:-1])} and {asked[-1]}"
    return f"gets {what} from {who} on “{question}”"


def _unlevelled(settings: Settings) -> str:
    """A person may know what a 3 is; a model has to be told."""
    if settings.get("scale") is None or settings.get("levels"):
        return ""
    return "its judge has to be told what each score of its scale means: describe its levels."


ENTRIES = (
    KindEntry(
        "judge",
        By.MODEL,
        "is judged by a model",
        "A model reads each answer by your rubric and gives a verdict, a reason and the passage "
        "that it rests on. It sees the files of a case, too: pictures, and of a PDF the text. It "
        "decides nothing until people's labels show how often it errs.",
        _said,
        (
            Words(
                "question", "Question to the judge", missing="it asks its judge nothing.",
                placeholder="Would a customer be able to act on this answer?", height=68,
            ),
            Scale("scale"),
            Levels("levels"),
            _Either(
                "passes", "It passes when", missing="it does not say when an output passes.",
                placeholder="It names the next step, and everything needed to take it.",
                not_with="is_scale",
            ),
            _Either(
                "fails", "It fails when",
                placeholder="It sends the customer elsewhere, or leaves out a step.",
                help="Empty: whatever does not pass fails.", not_with="is_scale",
            ),
            Asked(
                "connection", "Connection of the judge", missing="it names no connection.",
                widget=Widget.CONNECTION,
            ),
            Asked(
                "model", "Model that judges", missing="it names no model.", widget=Widget.MODEL,
                help="Another model than the one that answers: models like their own words.",
            ),
            _Panel("panel"),
            Words(
                "must_fail", "An output that must fail", height=68,
                placeholder="Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
                help="Planted in each run, as it is and with an order to pass it. A judge that "
                "passes it is not trusted, whatever else it gets right. Write one where your "
                "rubric lets an output pass that says nothing.",
            ),
        ),
        problem=_unlevelled,
        rules=PROMPT_VERSION,
        sees_files=True,
    ),
)  # fmt: skip
