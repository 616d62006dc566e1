"""Which environment variables may be named as a key or a header's value, and where keys go.

An environment holds many secrets, and only a few of them are meant for models' servers. Whoever may
write a connection must not be able to send the others anywhere.
"""

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from workbench.domain import endpoints, sending
from workbench.errors import InputError

ADDED_BY = "WORKBENCH_KEY_NAMES"
"""The variable in which the operator adds names or patterns."""

PATTERNS = ("*_API_KEY", "*_KEY", "*_TOKEN")

# Keys and tokens by name, and of something else. What is meant for models all the same, such as
# AWS_BEARER_TOKEN_BEDROCK, the operator adds.
_OF_OTHERS = frozenset(
    {
        *("AWS", "SECRET", "SECRETS", "PRIVATE", "SIGNING", "SIGNATURE", "ENCRYPTION", "ENCRYPT"),
        *(
            "DECRYPTION",
            "CRYPT",
            "CRYPTO",
            "CIPHER",
            "MASTER",
            "ROOT",
            "ADMIN",
            "SSH",
            "GPG",
            "PGP",
        ),
        *("TLS", "SSL", "CERT", "CERTIFICATE", "CA", "HOST", "SESSION", "COOKIE", "CSRF", "XSRF"),
        *("JWT", "REFRESH", "DB", "DATABASE", "POSTGRES", "PG", "MYSQL", "REDIS", "MONGO", "SQL"),
        *(
            "STORAGE",
            "ACCOUNT",
            "S3",
            "BLOB",
            "BACKUP",
            "DEPLOY",
            "LICENSE",
            "NPM",
            "PYPI",
            "TWINE",
        ),
        *("DOCKER", "REGISTRY", "KUBE", "KUBERNETES", "K8S", "VAULT", "CONSUL", "CI", "ACTIONS"),
        *("RUNNER", "STRIPE", "WEBHOOK", "PASSWORD", "PASS", "PASSWD", "STREAMLIT", "WORKBENCH"),
    }
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_PATTERN = re.compile(r"[A-Za-z0-9_*]{1,128}")
_LEAST_OF_PATTERN = 3


def added(text: str) -> tuple[str, ...]:
    """The names and patterns that an operator adds, apart by commas or spaces. Raises InputError
    for one that would let in (nearly) everything, or that no name can match."""
    found = tuple(filter(None, re.split(r"[\s,]+", text)))
    for pattern in found:
        letters = pattern.replace("*", "").replace("_", "")
        if not _PATTERN.fullmatch(pattern) or len(letters) < _LEAST_OF_PATTERN:
            raise InputError(
                f"{ADDED_BY} holds “{pattern[:40]}”, which is no name of a variable and no pattern "
                "of one.",
                "Give names or patterns of three letters or more, apart by commas, such as "
                "GATEWAY_CREDENTIAL, TEAM_*.",
            )
    return found


def is_allowed(name: str, more: Sequence[str] = (), *, is_header: bool = False) -> bool:
    """Whether a variable may be named as a key, or with `is_header` as the value of a header.
    `more` are the operator's own."""
    if not _NAME.fullmatch(name):
        return False
    upper = name.upper()
    if any(fnmatchcase(upper, pattern.upper()) for pattern in more):
        return True
    if name.startswith(sending.SHARED_PREFIX):
        return is_header
    is_key = any(fnmatchcase(upper, pattern) for pattern in PATTERNS)
    is_access_key = upper.endswith("ACCESS_KEY")
    return is_key and not is_access_key and _OF_OTHERS.isdisjoint(upper.split("_"))


def refusal(name: str, *, is_header: bool = False) -> InputError:
    """What is said of a name that is not allowed."""
    what = "a header's value" if is_header else "a key"
    own = f"{sending.SHARED_PREFIX}…, " if is_header else ""
    return InputError(
        f"The variable {name[:60]} may not be named as {what}.",
        f"Allowed are {own}names that end in _API_KEY, _KEY or _TOKEN and are not known as secrets "
        f"of something else, and what the operator adds: {ADDED_BY}={name[:60]} in the "
        "environment, or serve --key-name.",
    )


def refuse(key: str, headers: Sequence[tuple[str, str]], more: Sequence[str] = ()) -> None:
    """Raises InputError where a connection names a variable that may not be named."""
    if key and not is_allowed(key, more):
        raise refusal(key)
    for _, variable in headers:
        if not is_allowed(variable, more, is_header=True):
            raise refusal(variable, is_header=True)


def origin(address: str) -> str:
    """Where a key goes: scheme, host and port of an address. Raises ValueError if it is none."""
    parts = urlsplit(endpoints.normalised(address))
    return f"{parts.scheme}://{parts.netloc}"


def unconfirmed_words(name: str, goes_to: str, given_for: Sequence[str]) -> str:
    """What is asked before a key goes to another host than those that it was given for."""
    if not given_for:
        return f"Nobody has confirmed yet that {name} may be sent to {goes_to}."
    return f"{name} was given for {', '.join(given_for)} and would be sent to {goes_to}."
