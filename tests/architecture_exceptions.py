"""Which places may break a rule of the house, and why."""

from collections.abc import Mapping

# What may break a rule, and why: (rule, file, function) where a function can be named.
ALLOWED: Mapping[tuple[str, str, str], str] = {
    (
        "raw html",
        "workbench/ui/parts/sheet.py",
        "html",
    ): "style sheets of ours alone, which Streamlit reads from its folder",
    ("network", "workbench/server/start.py", "socket"): "looks for a free port, calls nobody",
    ("broad except", "workbench/runs/jobs.py", ""): "the top of a run's thread: written on the run",
    (
        "broad except",
        "workbench/ui/parts/trouble.py",
        "",
    ): "the top of a page: logged under a number",
    ("broad except", "workbench/__main__.py", ""): "the top of a command: logged under a number",
    ("patterns", "workbench/domain/hints.py", "_any_of"): "called with the module's own words",
    (
        "broad except",
        "workbench/runs/errands.py",
        "",
    ): "the top of an errand's thread: shown, logged",
    ("broad except", "workbench/runs/recording.py", ""): "the top of the recorder's thread",
    ("broad except", "workbench/server/bell.py", ""): "the top of a task that goes on for all tabs",
    (
        "broad except",
        "workbench/scoring/python_child.py",
        "",
    ): "whatever an operator's check raises is the reason why its output is unscored",
    (
        "foreign code",
        "workbench/scoring/python_child.py",
        "_load",
    ): "the operator's own file, by its hash, in a process of its own",
    (
        "statements",
        "workbench/store/engine/database.py",
        "copy_to",
    ): "attach takes no parameter: quoted",
    (
        "statements",
        "workbench/store/engine/database.py",
        "_run",
    ): "passes on what a store module wrote",
    ("statements", "workbench/store/engine/migrations.py", "migrate"): "a numbered file of ours",
    (
        "statements",
        "workbench/store/engine/integrity.py",
        "orphans",
    ): "table names of its own tuple",
    (
        "statements",
        "workbench/store/engine/integrity.py",
        "counts",
    ): "table names of DuckDB's catalogue",
    ("statements", "workbench/store/audit.py", "_sums"): "names of `SEALED` and its columns",
    ("statements", "workbench/store/audit.py", "_closely"): "the same, quoted",
    ("statements", "workbench/store/audit.py", "bearing"): "the statements of its own table",
    ("statements", "workbench/store/left_out.py", "_note"): "table names of `SEALED`, quoted",
    ("statements", "workbench/store/left_out.py", "_set_texts_aside"): "three columns, by name",
    ("statements", "workbench/store/left_out.py", "_ids"): "passes on what its class wrote",
    ("statements", "workbench/store/left_out.py", "_row_ids"): "the same",
    ("statements", "workbench/store/seals.py", "anew"): "the same",
    (
        "statements",
        "workbench/store/engine/opening.py",
        "looking_at",
    ): "attach takes no parameter: quoted",
    ("statements", "workbench/store/seals.py", "add"): "names of `SEALED` and its columns, quoted",
    ("statements", "workbench/store/seals.py", "renew"): "the same",
    ("statements", "workbench/store/engine/shape.py", "of_steps"): "numbered files of ours",
    (
        "statements",
        "workbench/store/engine/shape.py",
        "_shape",
    ): "DuckDB's functions, of its own tuple",
    (
        "statements",
        "workbench/store/engine/backup.py",
        "_read_counts",
    ): "runs the queries of `counts`",
    ("statements", "workbench/store/reports/home.py", "tables"): "table names of the catalogue",
    ("statements", "workbench/store/tallies.py", "of_all"): "made of numbers: columns by variant",
    ("statements", "workbench/store/claims.py", "choose"): "one of two texts of `to_rate`",
    ("statements", "workbench/store/claims.py", "is_done"): "the same",
    ("statements", "workbench/store/reveals.py", "round"): "the same",
    ("statements", "workbench/store/reports/rating.py", "queue"): "the same",
    ("statements", "workbench/store/trials.py", "these"): "as many marks as there are texts",
    ("statements", "workbench/store/votes.py", "has_one_rater"): "made of numbers: by criterion",
    ("statements", "workbench/store/reports/guards.py", "by_slice"): "made of numbers: columns by "
    "criterion",
    (
        "statements",
        "workbench/store/reports/grid.py",
        "page",
    ): "of its own conditions and orders",
    ("untrusted text", "workbench/ui/data/choose.py", "dataset"): "kept, escaped, by the callbacks",
    (
        "untrusted text",
        "workbench/ui/parts/attached.py",
        "one_file",
    ): "a preview's bytes, which our own child process made",
    ("untrusted text", "pages/decide/spec.py", ""): "the document's writer escapes every text",
    ("untrusted text", "workbench/ui/requirements/history.py", "_difference"): "members of Level",
}
PRINTERS = (
    "workbench/cli/telling.py",
    "workbench/__main__.py",
    "workbench/server/announcing.py",
    "workbench/server/start.py",
    "workbench/models/local_server.py",
    "workbench/exchange/tables/child.py",
)
