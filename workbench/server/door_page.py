"""What a visitor without entry sees: why, what to do, and a field for the token."""

import html
from collections.abc import Iterable
from http import HTTPStatus

from starlette.responses import HTMLResponse, Response

# All in one page: nothing else of the server answers without entry.
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Locked · AI Requirements Workbench</title>
<style>
:root {{ color-scheme: light dark; --ink: #1d2b2e; --soft: #5d6b6e; --paper: #ffffff;
  --field: #f3f6f6; --line: #7d8b8e; --main: #0f6b6b; --bad: #b3362b; }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #e4ebec; --soft: #9fadb0;
  --paper: #12191b; --field: #1c2629; --line: #7d8b8e; --main: #178382; --bad: #f0897d; }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.55 "Source Sans", system-ui, sans-serif; }}
main {{ max-width: 34rem; margin: 16vh auto 0; padding: 0 1.5rem 3rem; }}
h1 {{ font-size: 1.6rem; font-weight: 650; line-height: 1.25; margin: 0 0 .75rem; }}
p {{ margin: 0 0 1rem; }}
form {{ margin: 1.5rem 0; }}
label {{ display: block; font-weight: 600; margin-bottom: .35rem; }}
.row {{ display: flex; gap: .5rem; }}
input[type=text] {{ flex: 1; min-width: 0; font: inherit; color: inherit; padding: .5rem .65rem;
  background: var(--field); border: 1px solid var(--line); border-radius: .4rem; }}
button {{ font: inherit; font-weight: 600; color: #fff; background: var(--main); border: 0;
  border-radius: .4rem; padding: .5rem 1.1rem; cursor: pointer; }}
:focus-visible {{ outline: 2px solid var(--main); outline-offset: 2px; }}
.bad {{ color: var(--bad); font-weight: 600; }}
.soft {{ color: var(--soft); }}
code {{ white-space: nowrap; font-family: ui-monospace, monospace; font-size: .9em; }}
</style>
</head>
<body>
<main>
<p class="soft">AI Requirements Workbench</p>
<h1>This workbench is locked</h1>
<p>Copy the whole address from the terminal in which the workbench was started. It is in the line
that begins with <code>The workbench is at</code>, and carries the token that lets you in.</p>
{complaint}
<form method="get">
{fields}<label for="token">Or paste the token, or the address, here</label>
<div class="row">
<input type="text" id="token" name="token" autocomplete="off" autocapitalize="off"
  spellcheck="false" required autofocus>
<button>Open</button>
</div>
</form>
<p class="soft">If somebody else started it, ask them for the address. Each start has a new
token; once let in, a browser stays in for 30 days, restarts included.</p>
</main>
</body>
</html>
"""
_WRONG = (
    '<p class="bad" role="alert">That is not the token of this start. Look for the newest address '
    "in the terminal.</p>"
)


def locked(fields: Iterable[tuple[str, str]], *, is_wrong: bool = False) -> Response:
    """The page, with status 403. `fields` are what the address asked for: they go on with the
    token, so that a deep link leads where it should."""
    kept = "".join(
        f'<input type="hidden" name="{html.escape(name, quote=True)}" '
        f'value="{html.escape(value, quote=True)}">\n'
        for name, value in fields
    )
    page = _PAGE.format(complaint=_WRONG if is_wrong else "", fields=kept)
    return HTMLResponse(page, status_code=HTTPStatus.FORBIDDEN)
