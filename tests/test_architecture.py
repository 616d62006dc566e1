"""The house keeps its floors: every rule holds in the product, and catches what it is for."""

from collections.abc import Mapping

import pytest

from tests.architecture_index import sources
from tests.architecture_rules import ALLOWED, RULES, findings
from tests.architecture_source import Source

# For each rule: files that break it, as somebody might write them one day.
SEEDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "streamlit": (
        ("workbench/evidence/words/figures.py", "import streamlit as st\n"),
        ("workbench/store/reports/outputs.py", "def f():\n    from streamlit import cache_data\n"),
    ),
    "dependencies": (
        ("workbench/evidence/verdicts.py", "import duckdb\n"),
        ("pages/define/data.py", "from duckdb import connect\n"),
        ("workbench/runs/runner.py", "import importlib\nimportlib.import_module('duckdb')\n"),
    ),
    "network": (
        ("workbench/runs/runner.py", "import importlib\nimportlib.import_module('openai')\n"),
        ("workbench/exchange/tables/reading.py", "import urllib.request\n"),
        ("workbench/scoring/checks.py", "from http import client\n"),
        ("workbench/ui/parts/trouble.py", "import socket\n"),
    ),
    "sql": (
        ("pages/score/rating.py", "x = 'select * from trials'\n"),
        ("workbench/ui/parts/session.py", "def f(n):\n    return f'delete from {n}'\n"),
        ("workbench/actions/headless.py", "X = '''\n  insert into runs values (1)'''\n"),
    ),
    "raw html": (
        ("pages/define/data.py", "st.markdown('x', unsafe_allow_html=True)\n"),
        ("workbench/ui/parts/text.py", "import streamlit as st\nst.html('<b>')\n"),
        ("workbench/ui/parts/text.py", "import streamlit.components.v1 as components\n"),
        ("pages/define/data.py", "import streamlit as st\nst.iframe('https://example.com')\n"),
    ),
    "foreign code": (
        ("workbench/scoring/checks.py", "def f(x):\n    return eval(x)\n"),
        (
            "workbench/exchange/feature/yaml_reader.py",
            "import yaml\nyaml.load(text, yaml.Loader)\n",
        ),
        ("workbench/exchange/feature/yaml_reader.py", "from yaml import unsafe_load\n"),
        ("workbench/store/trials.py", "import pickle\n"),
        ("workbench/cli/main.py", "import subprocess\nsubprocess.run(x, shell=True)\n"),
        ("workbench/cli/main.py", "from os import system\nsystem(x)\n"),
    ),
    "databases": (
        ("workbench/actions/doctor.py", "def f(store):\n    return store.database.path\n"),
        ("workbench/ui/parts/look.py", "def f():\n    return session.store().database\n"),
    ),
    "patterns": (
        ("workbench/models/templates.py", "from jinja2 import Template\n"),
        ("workbench/scoring/checks.py", "import re\ndef f(p, t):\n    return re.search(p, t)\n"),
        ("workbench/scoring/checks.py", "import re\ndef f(p):\n    return re.compile(f'^{p}')\n"),
        ("workbench/scoring/checks.py", "from re import fullmatch\n"),
    ),
    "statements": (
        ("workbench/store/runs.py", "def f(db, n):\n    db.rows(f'select {n} from runs')\n"),
        ("workbench/store/runs.py", "def f(self, n):\n    self._db.value('select ' + n)\n"),
        ("workbench/store/runs.py", "def f(self, q):\n    self._db.execute(q.format(1))\n"),
        ("workbench/store/runs.py", "def f(self, q):\n    self._db.frame(sql='from %s' % q)\n"),
    ),
    "broad except": (
        ("workbench/scoring/checks.py", "try:\n    f()\nexcept Exception:\n    pass\n"),
        ("workbench/scoring/checks.py", "try:\n    f()\nexcept:\n    pass\n"),
        ("workbench/cli/main.py", "try:\n    f()\nexcept (ValueError, Exception):\n    pass\n"),
        ("workbench/cli/main.py", "try:\n    f()\nexcept BaseException:\n    pass\n"),
        (
            "workbench/cli/main.py",
            "from contextlib import suppress\nwith suppress(Exception):\n    f()\n",
        ),
    ),
    "pages": (
        ("pages/data.py", "x = 1\n"),
        ("pages/other/data.py", "x = 1\n"),
        ("pages/define/data.py", "def main():\n    pass\n"),
        ("pages/define/data.py", "from workbench.ui.spec import files\n"),
        ("pages/define/data.py", "from pages.decide import spec\n"),
    ),
    "widget keys": (
        ("pages/define/data.py", "st.button('Go')\n"),
        ("workbench/ui/parts/look.py", "left.text_input('Name', help='Yours')\n"),
    ),
    "headings": (
        ("pages/define/data.py", "import streamlit as st\nst.header('Data')\n"),
        ("pages/define/data.py", "import streamlit as st\nst.title(body='Data', anchor='d')\n"),
        ("workbench/ui/parts/look.py", "left.subheader('Answers', anchor=None)\n"),
    ),
    "kept fields": (
        ("pages/define/data.py", "st.text_input('Name', value=found.name, key='a')\n"),
        ("pages/define/data.py", "st.text_input('Name', found.name, key='a')\n"),
        ("pages/define/data.py", "st.selectbox('Which', x, index=x.index(y), key='a')\n"),
        ("pages/define/data.py", "st.multiselect('Which', x, default=list(y), key='a')\n"),
        ("pages/define/data.py", "st.slider('How many', 1, 9, n, key='a', persist_state=None)\n"),
        (
            "workbench/ui/settings/connection.py",
            "import streamlit as st\n"
            "def _fill(c):\n    state = st.session_state\n    state['settings_calls'] = c.calls\n"
            "def _form():\n    st.number_input('Calls', min_value=1, key='settings_calls')\n",
        ),
        (
            "workbench/ui/data/edit.py",
            "import streamlit as st\n_PREFIX = 'a_'\n"
            "def _set(name, value):\n    st.session_state[f'{_PREFIX}{name}'] = value\n"
            "def _form(x):\n    st.pills('Which', x, key=f'{_PREFIX}which')\n",
        ),
        (
            "workbench/ui/data/edit.py",
            "import streamlit as st\n"
            "def f(key):\n"
            "    if key not in st.session_state:\n        st.session_state[key] = g()\n"
            "    st.text_area('Note', key=key)\n",
        ),
        (
            "workbench/ui/data/edit.py",
            "import streamlit as st\nst.session_state.setdefault('a_b', 1)\n"
            "asked = {'on_change': f}\nst.number_input('Calls', key='a_b', **asked)\n",
        ),
    ),
    "shape": (
        ("workbench/store/runs.py", "x = 1\n" * 351),
        ("workbench/store/__init__.py", "from workbench.store.store import Store\n"),
        (
            "workbench/runs/asking.py",
            "from workbench.models import transport\ntransport.Transport()\n",
        ),
        (
            "workbench/models/local.py",
            "from workbench.models.transport import Transport\nTransport()\n",
        ),
    ),
    "cursors": (
        ("workbench/store/runs.py", "def f(self):\n    self._connection.execute('from runs')\n"),
        ("workbench/store/runs.py", "import duckdb\nduckdb.sql('from runs')\n"),
    ),
    "prints": (("workbench/runs/jobs.py", "print('here')\n"),),
    "hidden text": (
        ("pages/define/data.py", "st.dataframe(frame, key='a')\n"),
        ("workbench/ui/parts/text.py", "st.code(output)\n"),
        ("pages/define/data.py", "st.selectbox('Which', names, key='a')\n"),
        (
            "pages/define/data.py",
            "st.multiselect('W', x, format_func=lambda n: n.label, key='a')\n",
        ),
        (
            "pages/define/data.py",
            "from workbench.ui.parts.text import md\n"
            "st.selectbox('W', x, format_func=md, key='a')\n",
        ),
    ),
    "untrusted text": (
        ("pages/define/data.py", "def f(case: Case):\n    st.markdown(f'**{case.key}**')\n"),
        ("pages/define/data.py", "for row in rows:\n    st.button(row.title, key='a')\n"),
        ("pages/define/data.py", "st.radio('Which', names, key='a')\n"),
        ("pages/define/data.py", "st.checkbox('x', key='a', help=found.reason)\n"),
        (
            "workbench/ui/parts/text.py",
            "def f(t: str):\n    said = 'Why: ' + t\n    st.caption(said)\n",
        ),
        ("pages/define/data.py", "lines = ['a']\nlines.append(x)\nst.info(' '.join(lines))\n"),
        ("pages/define/data.py", "def _f(t):\n    return f'{t}!'\nst.error(_f(given))\n"),
        ("pages/define/data.py", "st.image(output)\n"),
        (
            "pages/define/data.py",
            "from workbench.ui.parts.text import md\nst.badge(md(name))\n",
        ),
        (
            "pages/define/data.py",
            "from workbench.evidence.words import measures\n"
            "st.markdown(measures.describe_scorer(found))\n",
        ),
    ),
}

# What looks like a break and is none.
HARMLESS = (
    ("pages/define/data.py", "st.text_input('Name', value='Cases', key='a')\n"),
    ("pages/define/data.py", "st.text_input('Name', v, key='a', persist_state='page')\n"),
    (
        "workbench/ui/data/edit.py",
        "import streamlit as st\n"
        "st.session_state['a_open'] = 1\nst.text_input('Name', key='a_name')\n",
    ),
    (
        "workbench/ui/parts/look.py",
        "import streamlit as st\nfrom workbench.domain import drafting\n"
        "st.subheader('Answers', anchor=False)\nt = drafting.title(body) + name.title()\n",
    ),
    (
        "workbench/ui/parts/text.py",
        "st.caption('Select the best of them, then delete from the list')\n",
    ),
    ("pages/define/data.py", "def f(case):\n    st.text(case.key)\n"),
    ("pages/define/data.py", "def f(n: int):\n    st.markdown(f'{n} of {len(x):,}, {y:.0%}')\n"),
    (
        "pages/define/data.py",
        "from workbench.ui.parts.text import md, short\n"
        "def f(a):\n    t = f'{md(a.b)}: {short(a.c)}'\n    st.markdown(t)\n",
    ),
    (
        "pages/define/data.py",
        "from workbench.domain.verdicts import Verdict\n"
        "def f(v: Verdict):\n    st.markdown(f'**{v.label}**')\n",
    ),
    ("workbench/store/runs.py", "_COLS = 'a, b'\ndef f(db):\n    db.rows(f'select {_COLS}')\n"),
    ("workbench/cli/main.py", "try:\n    f()\nexcept BaseException:\n    g()\n    raise\n"),
    ("workbench/exchange/tables/reading.py", "import re\nX = re.compile('a')\nre.split(r',', t)\n"),
)


def test_the_product_breaks_no_rule() -> None:
    broken = [str(finding) for source in sources() for finding in findings(source)]
    assert broken == []


@pytest.mark.parametrize("rule", RULES)
def test_every_seeded_break_is_caught(rule: str) -> None:
    for path, text in SEEDS[rule]:
        caught = {finding.rule for finding in findings(Source(path, text))}
        assert rule in caught, f"{path}:\n{text}"


@pytest.mark.parametrize(("path", "text"), HARMLESS)
def test_what_is_harmless_is_let_through(path: str, text: str) -> None:
    assert findings(Source(path, text)) == []


@pytest.mark.parametrize("entry", ALLOWED)
def test_every_exception_is_still_needed(
    entry: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rule, path, _ = entry
    source = next(source for source in sources() if source.path == path)
    assert findings(source, {rule: RULES[rule]}) == []
    monkeypatch.delitem(ALLOWED, entry)  # type: ignore[arg-type]  # a dict behind its read-only type
    assert findings(source, {rule: RULES[rule]}) != []
