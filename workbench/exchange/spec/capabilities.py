"""What capability packs showed, as a card in Markdown: with dates, model ids and bounds."""

from collections.abc import Sequence

from workbench import say
from workbench.evidence.capabilities import Capability
from workbench.evidence.words import figures, measures
from workbench.exchange.safe.markdown import escape

_HEAD = ("Capability", "Criterion", "Model", "Estimate", "Bar", "Verdict", "Same every time")


def card(found: Sequence[Capability]) -> str:
    """A table of every pack, criterion and model, then what each model's answers took."""
    lines = ["# Capability card", "", _row(_HEAD), _row(["---"] * len(_HEAD))]
    before = ""
    for each in found:
        row, pack = each.row, each.pack
        title = f"{escape(pack.title)} ({escape(pack.label)})" if pack.label != before else ""
        before = pack.label
        same = (
            "–"
            if each.steady is None
            else f"{each.steady[0]} of {say.count(each.steady[1], 'case')}"
        )
        lines.append(
            _row(
                [
                    title,
                    escape(f"{row.criterion.key} {row.criterion.draft.title}"),
                    escape(each.model),
                    escape(figures.figure(row)),
                    escape(measures.bar(row.criterion)),
                    row.verdict.label if row.is_evaluated else "not evaluated",
                    same,
                ]
            )
        )
    lines += ["", "## What was asked, of whom and when", ""]
    lines += list(dict.fromkeys(f"- {_asked(each)}" for each in found))
    lines += [
        "",
        "Each bound is one-sided and holds by itself at its confidence. Unscored trials count "
        "against both; cases of one group count once.",
    ]
    return "\n".join(lines) + "\n"


def _asked(each: Capability) -> str:
    names = ", ".join(each.answered_as) or "nobody yet"
    when = "never" if each.newest is None else say.day(each.newest)
    time = "" if each.mean_latency_ms is None else f", {each.mean_latency_ms / 1000:.2f} s a call"
    cost = "cost unknown" if each.cost is None else say.money(each.cost)
    trials = say.count(each.experiment.trials, "trial")
    return (
        f"{escape(each.pack.label)} on {escape(each.model)} (answered as {escape(names)}) through "
        f"{escape(each.variant.connection)}: {when}, {trials} a case{time}, {escape(cost)}"
    )


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
