"""Which kind of failure it is: told by code, type, status and headers first, by words last."""

from workbench.errors import CallFailure
from workbench.models.complaints import Complaint, squeezed

# Squeezed, as `complaints.squeezed` leaves them; a word in a code is enough for the first two.
_FILTER = (
    *("contentfilter", "contentpolicy", "moderation", "flagged", "responsibleai", "safety"),
    *("datainspection", "sensitive", "prohibited", "policyviolation", "guardrail", "invalidprompt"),
    *("contentblocked", "promptblocked", "inputblocked", "blocklist", "unsafe"),
)
_TOO_LONG = (
    *("contextlength", "contextwindow", "exceedcontextsize", "stringabovemaxlength"),
    *("requesttoolarge", "prompttoolong", "inputtoolong", "toomanytokens", "stringtoolong"),
    *("requestentitytoolarge", "payloadtoolarge", "maxmessagetokens", "arrayabovemaxlength"),
)
_QUOTA = frozenset(
    {
        *("insufficientquota", "billinghardlimitreached", "billingnotactive", "billingerror"),
        *("insufficientbalance", "insufficientcredits", "insufficientcredit", "arrearage"),
        *("insufficientuserquota", "exceededcurrentquotaerror", "paymentrequired", "outofcredits"),
        *("creditbalancetoolow", "accountoverdue", "accountoverdueerror", "insufficientfunds"),
        *("preconsumetokenquotafailed", "billinglimitexceeded", "spendlimitexceeded"),
    }
)
_RATE = (
    *("ratelimit", "toomanyrequests", "throttl", "slowdown", "requestlimitexceeded"),
    *("resourceexhausted", "enginebusy", "concurrencylimit"),
)
_KEY = frozenset(
    {
        *("invalidapikey", "apikeyinvalid", "invalidauthentication", "authenticationerror"),
        *("unauthenticated", "unauthorized", "invalidauthenticationerror", "incorrectapikey"),
        *("accountdeactivated", "apikeydisabled", "expiredapikey", "apikeyexpired"),
        *("missingapikey", "noauth", "autherror", "authrequired", "invalidtoken"),
        *("accessdenied", "permissiondenied", "permissionerror", "forbidden"),
        *("invalidsubscriptionkey", "authenticationfailed"),
    }
)
_MODEL = frozenset(
    {
        *("modelnotfound", "unknownmodel", "deploymentnotfound", "modelnotavailable"),
        *("invalidmodel", "modelnotsupported", "modelnotexist", "modelnotfounderror"),
        *("nosuchmodel", "modeldoesnotexist", "invalidmodelerror", "unsupportedmodel"),
    }
)
_LATE = frozenset({"timeout", "timeouterror", "deadlineexceeded", "requesttimeout"})
_OWN = (
    *("servererror", "apierror", "internal", "unavailable", "overloaded", "badgateway"),
    *("upstream", "serviceerror", "engineoverloaded", "gateway"),
)

_SAYS_KEY = ("api key", "api_key", "apikey", "authentication", "login fail", "invalid token")
_SAYS_QUOTA = (
    *("insufficient_quota", "credit balance", "insufficient balance", "out of credit"),
    *("insufficient credit", "exceeded your current quota", "billing hard limit"),
)
_SAYS_FILTERED = (
    *("flagged", "moderation", "content filter", "content_filter", "content management policy"),
    *("content policy", "safety system", "safety filter", "usage polic", "prohibited content"),
    *("violates our", "violate our", "violating our", "inappropriate content"),
    *("harmful content", "data inspection", "contentpolicyviolation", "safety settings"),
)
_SAYS_LONG = (
    *("context length", "context window", "context size", "too long", "too many tokens"),
    *("maximum length", "max_model_len", "exceeds the model", "request too large"),
    "contextwindowexceeded",
)
_SAYS_MODEL = ("model not found", "no such model", "unknown model", "model does not exist")
_SAYS_RATE = ("rate limit", "too many requests", "rate_limit", "slow down", "try again in")
_SAYS_LATE = ("timed out", "timeout")


def kind(status: int | None, said: Complaint, *, has_wait: bool = False) -> CallFailure:
    """The kind of a failure. `status` is that of the reply, None where it came as a good one;
    `has_wait` tells that its headers name a time to come back at."""
    by_code = _by_code(status, said)
    if by_code is not None:
        return by_code
    if status == 403 and has_wait:
        return CallFailure.RATE_LIMIT
    numbered = status if status is not None else said.status
    by_status = None if numbered is None else _by_status(numbered)
    if by_status is not None:
        return by_status
    return _by_words(numbered, said.message.lower())


def _by_code(status: int | None, said: Complaint) -> CallFailure | None:
    codes, numbers = said.codes, {status, said.status}
    is_request = status is None or status < 500
    is_filtered = said.is_flagged or _any_in(_FILTER, codes)
    if is_filtered and is_request and numbers.isdisjoint({401, 402, 429}):
        return CallFailure.FILTERED
    if codes & _QUOTA:
        return CallFailure.QUOTA
    if 413 in numbers or (is_request and status != 429 and _any_in(_TOO_LONG, codes)):
        return CallFailure.TOO_LONG
    if 429 in numbers or (is_request and _any_in(_RATE, codes)):
        return CallFailure.RATE_LIMIT
    if is_request and (codes & _MODEL or _is_the_model(numbers, said)):
        return CallFailure.UNKNOWN_MODEL
    if is_request and codes & _KEY and not _is_about_words(status, said):
        return CallFailure.AUTHENTICATION
    if status is None and codes & _LATE:
        return CallFailure.TIMEOUT
    if status is None and said.status is None and _any_in(_OWN, codes):
        return CallFailure.SERVER
    return None


def _by_status(status: int) -> CallFailure | None:
    """What a status says by itself; None where it may mean several things."""
    if 300 <= status < 400:
        return CallFailure.REDIRECT
    if status == 401:
        return CallFailure.AUTHENTICATION
    if status == 402:
        return CallFailure.QUOTA
    if status == 408:
        return CallFailure.TIMEOUT
    # Told to come back: what stood in the way of this request is gone in a moment.
    return CallFailure.SERVER if status >= 500 or status in (409, 425) else None


def _by_words(status: int | None, words: str) -> CallFailure:
    """The last resort: servers that give no code, or the same one for everything."""
    if status is None and _says(_SAYS_RATE, words):
        return CallFailure.RATE_LIMIT
    if _says(_SAYS_FILTERED, words):
        return CallFailure.FILTERED
    if _says(_SAYS_LONG, words):
        return CallFailure.TOO_LONG
    if status != 404 and _says(_SAYS_QUOTA, words):
        return CallFailure.QUOTA
    if status == 403 or (status in (400, None) and _says(_SAYS_KEY, words)):
        return CallFailure.AUTHENTICATION
    if status == 404 or _says(_SAYS_MODEL, words):
        return CallFailure.UNKNOWN_MODEL
    if status is None:
        return CallFailure.TIMEOUT if _says(_SAYS_LATE, words) else CallFailure.SERVER
    return CallFailure.BAD_REQUEST


def is_about_model(said: Complaint) -> bool:
    """Whether an error speaks of the model, and not of an address that leads nowhere."""
    names = said.codes & _MODEL or said.param == "model"
    return bool(names) or "model" in said.message.lower()


def _is_the_model(numbers: set[int | None], said: Complaint) -> bool:
    return said.param == "model" and bool(numbers & {400, 404, 422})


def _is_about_words(status: int | None, said: Complaint) -> bool:
    """A refusal of access (403) may be about what was asked: its words tell."""
    return status == 403 and _says(_SAYS_FILTERED, said.message.lower())


def _any_in(words: tuple[str, ...], codes: frozenset[str]) -> bool:
    return any(word in code for code in codes for word in words)


def _says(wanted: tuple[str, ...], words: str) -> bool:
    return any(word in words for word in wanted)


assert all(word == squeezed(word) for word in (*_FILTER, *_TOO_LONG, *_QUOTA, *_RATE, *_KEY))
