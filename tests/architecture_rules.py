"""Rules that keep the floors apart and the doors shut, read from the syntax tree of each file."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from tests.architecture_exceptions import ALLOWED, PRINTERS
from tests.architecture_fields import unkept
from tests.architecture_source import Source, function_of, is_within
from tests.architecture_text import hidden_text, untrusted_text

SECTIONS = ("define", "experiment", "score", "decide", "watch", "setup")
LONGEST = 350

_SHARED_CONNECTION = ("opening.py", "database.py", "migrations.py", "backup.py", "shape.py")

# A module and the only folder or file that may import it.
_HOMES = {
    "streamlit": ("app.py", "pages/", "workbench/ui/", "workbench/server/"),
    "duckdb": ("workbench/store/",),
}
_NETWORK = ("socket", "ssl", "http", "urllib.request", "urllib3", "requests", "aiohttp", "httpx")
_NETWORK += ("httpx2", "websockets", "ftplib", "smtplib", "socketserver", "xmlrpc", "grpc")
_NETWORK += ("openai",)
_RAW = ("html", "iframe", "components")
_LOADS_CODE = ("pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib")
_RUNS_CODE = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "runpy.run_path"}
_RUNS_CODE |= {"subprocess.getoutput", "subprocess.getstatusoutput", "asyncio.subprocess_shell"}
_RUNS_CODE |= {"yaml.load", "yaml.load_all", "yaml.unsafe_load", "yaml.unsafe_load_all"}
_RUNS_CODE |= {"yaml.full_load", "yaml.full_load_all", "pandas.read_pickle", "numpy.load"}
_SQL = re.compile(
    r"\s*(?:(?:select|SELECT)\s.*\b(?:from|FROM)\s|(?i:insert\s+(?:or\s+\w+\s+)?into\s"
    r"|update\s+\w+\s+set\s|delete\s+from\s|drop\s+(?:table|view|index|schema|sequence)\s"
    r"|create\s+(?:or\s+replace\s+)?(?:temp\w*\s+)?(?:table|view|index|schema|macro|sequence)\s"
    r"|alter\s+table\s|attach\s+'|copy\s+\S+\s+(?:to|from)\s|pragma\s+\w+|with\s+\w+\s+as\s*\())",
    re.DOTALL,
)
_ASKS = {"execute", "executemany", "rows", "row", "value", "frame", "sql", "query"}
_DATABASES = {"_db", "db", "database", "cursor", "cur", "connection", "_connection", "con", "rows"}
_PATTERN_USERS = {"compile", "search", "match", "fullmatch", "sub", "subn", "split"}
_PATTERN_USERS |= {"findall", "finditer"}
_WIDGETS = {"button", "download_button", "form_submit_button", "menu_button", "checkbox", "toggle"}
_WIDGETS |= {"radio", "selectbox", "multiselect", "pills", "segmented_control", "feedback"}
_WIDGETS |= {"slider", "select_slider", "text_input", "number_input", "text_area", "chat_input"}
_WIDGETS |= {"date_input", "time_input", "datetime_input", "color_picker", "file_uploader"}
_WIDGETS |= {"camera_input", "audio_input", "data_editor"}
_HEADINGS = {"title", "header", "subheader"}


class Finding(NamedTuple):
    """One place that breaks a rule."""

    path: str
    line: int
    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.rule}: {self.what}"


Rule = Callable[[Source], Iterator[tuple[int, str]]]


def _streamlit(source: Source) -> Iterator[tuple[int, str]]:
    return _strangers(source, "streamlit")


def _dependencies(source: Source) -> Iterator[tuple[int, str]]:
    yield from _strangers(source, "duckdb")


def _strangers(source: Source, package: str) -> Iterator[tuple[int, str]]:
    for line, module in source.imports():
        if is_within(module, (package,)) and not source.path.startswith(_HOMES[package]):
            yield line, f"{package} belongs in {', '.join(_HOMES[package])}"


def _network(source: Source) -> Iterator[tuple[int, str]]:
    if source.path.startswith("workbench/models/"):
        return
    for line, module in source.imports():
        allowed = ("network", source.path, module) in ALLOWED
        if is_within(module, _NETWORK) and not allowed and not module.startswith("http.HTTPStatus"):
            yield line, f"{module} outside workbench/models/"
    for call in source.calls:
        if source.named(call.func) in ("asyncio.open_connection", "asyncio.start_server"):
            yield call.lineno, "a connection outside workbench/models/"


def _sql(source: Source) -> Iterator[tuple[int, str]]:
    if source.path.startswith("workbench/store/"):
        return
    for node in source.nodes:
        is_docstring = isinstance(getattr(node, "parent", None), ast.Expr)
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and not is_docstring and _SQL.match(node.value):  # type: ignore[attr-defined]
            yield node.lineno, "SQL outside workbench/store/"  # type: ignore[attr-defined]


def _raw_html(source: Source) -> Iterator[tuple[int, str]]:
    is_page = source.path.startswith(_HOMES["streamlit"])
    for line, module in source.imports():
        if is_within(module, ("streamlit.components", "streamlit.html", "streamlit.iframe")):
            yield line, f"{module} puts raw HTML on a page"
    for node in source.nodes:
        if isinstance(node, ast.keyword) and (node.arg or "").startswith("unsafe_allow_"):
            yield node.value.lineno, f"{node.arg} is never needed"
        is_ours = ("raw html", source.path, getattr(node, "attr", "")) in ALLOWED
        if isinstance(node, ast.Attribute) and is_page and node.attr in _RAW and not is_ours:
            yield node.lineno, f".{node.attr} puts raw HTML on a page"


def _foreign_code(source: Source) -> Iterator[tuple[int, str]]:
    for line, module in source.imports():
        if is_within(module, _LOADS_CODE) or module in _RUNS_CODE:
            yield line, f"{module} runs what it reads"
    for call in source.calls:
        name = source.named(call.func)
        if ("foreign code", source.path, function_of(call)) in ALLOWED:
            continue
        if name in _RUNS_CODE or name.removeprefix("builtins.") in _RUNS_CODE:
            yield call.lineno, f"{name} runs what it reads"
        for keyword in call.keywords:
            is_off = isinstance(keyword.value, ast.Constant) and not keyword.value.value
            if keyword.arg == "shell" and not is_off:
                yield call.lineno, "shell=True runs what it is given"


def _patterns(source: Source) -> Iterator[tuple[int, str]]:
    for line, module in source.imports():
        if is_within(module, ("jinja2",)):
            yield line, "templates are rendered by minijinja, with fuel"
        if module.removeprefix("re.") in _PATTERN_USERS and module.startswith("re."):
            yield line, "import re, so that its patterns can be watched"
    for call in source.calls:
        module, _, verb = source.named(call.func).rpartition(".")
        if module != "re" or verb not in _PATTERN_USERS:
            continue
        given = [*call.args, *(k.value for k in call.keywords if k.arg == "pattern")]
        if ("patterns", source.path, function_of(call)) in ALLOWED:
            continue
        if not given or not _is_own_pattern(source, given[0]):
            yield call.lineno, "re on a pattern that is not a constant; google-re2 is for those"


def _is_own_pattern(source: Source, node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return all(_is_own_pattern(source, value) for value in node.values)
    if isinstance(node, ast.FormattedValue):
        return _is_own_pattern(source, node.value)
    is_escaped = isinstance(node, ast.Call) and source.named(node.func) == "re.escape"
    return is_escaped or source.is_constant(node)


def _statements(source: Source) -> Iterator[tuple[int, str]]:
    for call in source.calls:
        verb, receiver = _asked(call)
        given = [*call.args, *(k.value for k in call.keywords if k.arg in ("sql", "query"))]
        if verb not in _ASKS or receiver not in _DATABASES or not given:
            continue
        if ("statements", source.path, function_of(call)) in ALLOWED:
            continue
        if not source.is_constant(given[0]):
            yield call.lineno, "a statement that is not made of constants: use parameters"


def _asked(call: ast.Call) -> tuple[str, str]:
    """The verb of a call and the last name before it: `self._db.rows(…)` is rows of _db."""
    if isinstance(call.func, ast.Name):
        return call.func.id, call.func.id
    if not isinstance(call.func, ast.Attribute):
        return "", ""
    before = call.func.value
    return call.func.attr, getattr(before, "attr", getattr(before, "id", ""))


def _broad_except(source: Source) -> Iterator[tuple[int, str]]:
    if ("broad except", source.path, "") in ALLOWED:
        return
    for node in source.nodes:
        if isinstance(node, ast.ExceptHandler):
            names = {source.named(each) for each in ast.walk(node.type or ast.Name("Exception"))}
            last = node.body[-1]
            passes_on = isinstance(last, ast.Raise) and last.exc is None
            if "Exception" in names:
                yield node.lineno, "catch what you can name"
            elif "BaseException" in names and not passes_on:
                yield node.lineno, "a BaseException is only tidied up after, then raised again"
        if isinstance(node, ast.Call) and source.named(node.func) == "contextlib.suppress":
            names = {source.named(each) for each in node.args}
            if names & {"Exception", "BaseException"}:
                yield node.lineno, "suppress what you can name"


def _pages(source: Source) -> Iterator[tuple[int, str]]:
    if not source.path.startswith("pages/"):
        return
    parts = PurePosixPath(source.path).parts
    if len(parts) != 3 or parts[1] not in SECTIONS:
        yield 1, "a page lies in one of the section folders"
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef) and node.name == "main":
            yield node.lineno, "a page is a script: no main()"
    own = PurePosixPath(source.path).stem
    for line, module in source.imports():
        floor, _, folder = module.removeprefix("workbench.").partition(".")
        if floor == "ui" and folder.partition(".")[0] not in ("parts", own):
            yield line, f"a page draws from ui/{own} and ui/parts"
        if is_within(module, ("app", "pages")):
            yield line, "nobody knows a page"


def _widget_keys(source: Source) -> Iterator[tuple[int, str]]:
    if not source.path.startswith(_HOMES["streamlit"]):
        return
    for call in source.calls:
        verb = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if verb in _WIDGETS and not any(k.arg in ("key", None) for k in call.keywords):
            yield call.lineno, f"{verb} without a key"


def _headings(source: Source) -> Iterator[tuple[int, str]]:
    if not source.path.startswith(_HOMES["streamlit"]):
        return
    for call in source.calls:
        verb = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        is_ours = source.named(call.func).startswith("workbench.")
        if verb not in _HEADINGS or not (call.args or call.keywords) or is_ours:
            continue
        if not any(k.arg == "anchor" and ast.unparse(k.value) == "False" for k in call.keywords):
            yield call.lineno, f"{verb} without anchor=False: its link leads to no open thing"


def _kept_fields(source: Source) -> Iterator[tuple[int, str]]:
    if source.path.startswith(_HOMES["streamlit"]):
        yield from unkept(source)


def _shape(source: Source) -> Iterator[tuple[int, str]]:
    lines = source.text.count("\n") + 1
    if lines > LONGEST + 1:
        yield LONGEST, f"{lines} lines: split it by subject"
    if source.path.endswith("__init__.py") and source.text.strip():
        yield 1, "__init__.py stays empty"
    for call in source.calls:
        name = source.named(call.func)
        if name.endswith(".Transport") and source.path != "workbench/models/client.py":
            yield call.lineno, "a way out is opened in workbench/models/client.py only"


def _cursors(source: Source) -> Iterator[tuple[int, str]]:
    is_home = source.path in {f"workbench/store/engine/{name}" for name in _SHARED_CONNECTION}
    for call in source.calls:
        verb, receiver = _asked(call)
        is_shared = verb in ("execute", "executemany", "sql", "query", "appender")
        if is_shared and receiver in ("connection", "_connection", "con") and not is_home:
            yield call.lineno, "a shared connection: a cursor per call, through the database"
        if source.named(call.func).startswith("duckdb.") and not is_home:
            yield call.lineno, "DuckDB is opened in workbench/store/engine/opening.py only"


def _databases(source: Source) -> Iterator[tuple[int, str]]:
    if not source.path.startswith("workbench/") or source.path.startswith("workbench/store/"):
        return
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr == "database":
            owner = node.value.func if isinstance(node.value, ast.Call) else node.value
            if "store" in ast.unparse(owner).split("."):
                yield node.lineno, "ask a noun of the store, or its condition"


def _prints(source: Source) -> Iterator[tuple[int, str]]:
    if source.path in PRINTERS:
        return
    for call in source.calls:
        if source.named(call.func) in ("print", "pprint.pprint"):
            yield call.lineno, "say it on the page, on the run or in the log"


def _hidden_text(source: Source) -> Iterator[tuple[int, str]]:
    if source.path.startswith(("pages/", "workbench/ui/")):
        yield from hidden_text(source)


def _untrusted_text(source: Source) -> Iterator[tuple[int, str]]:
    if source.path.startswith(_HOMES["streamlit"]):
        entries = [entry[2] for entry in ALLOWED if entry[:2] == ("untrusted text", source.path)]
        yield from untrusted_text(source, set(entries))


RULES: Mapping[str, Rule] = {
    "streamlit": _streamlit,
    "dependencies": _dependencies,
    "network": _network,
    "sql": _sql,
    "raw html": _raw_html,
    "foreign code": _foreign_code,
    "patterns": _patterns,
    "statements": _statements,
    "broad except": _broad_except,
    "pages": _pages,
    "widget keys": _widget_keys,
    "headings": _headings,
    "kept fields": _kept_fields,
    "shape": _shape,
    "cursors": _cursors,
    "databases": _databases,
    "prints": _prints,
    "hidden text": _hidden_text,
    "untrusted text": _untrusted_text,
}


def findings(source: Source, rules: Mapping[str, Rule] = RULES) -> list[Finding]:
    """Where a file breaks the rules."""
    return [
        Finding(source.path, line, name, what)
        for name, rule in rules.items()
        for line, what in rule(source)
    ]
