"""Who may be asked: an OpenAI-compatible endpoint and the *name* of its key."""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from workbench.errors import InputError

LOCAL_NAME = "Local model"
LOCAL_MODEL = "SmolLM2-135M-Instruct"


@dataclass(frozen=True)
class Connection:
    """An endpoint. `api_key_env` names an environment variable or secret, never the key itself.

    `timeout_s` bounds one call from first byte to last, `concurrency` how many run at once.
    `price_in`/`price_out` are USD per million tokens, None where the price table decides.
    `requests_per_minute` and `tokens_per_minute` are the account's limits, None for no limit.
    """

    name: str
    base_url: str
    models: tuple[str, ...] = ()
    api_key_env: str = ""
    concurrency: int = 8
    timeout_s: float = 60.0
    price_in: float | None = None
    price_out: float | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    id: UUID | None = None
    revision: int = 1
    archived_at: datetime | None = None

    @property
    def is_local(self) -> bool:
        """Whether this is the model that runs on this machine, inside the workbench."""
        return self.name == LOCAL_NAME

    def checked(self) -> "Connection":
        """This connection with tidy fields. Raises InputError naming the field that is wrong."""
        name, url = self.name.strip(), self.base_url.strip().rstrip("/")
        if not name:
            raise InputError(
                "The connection has no name.", "Give it one that people will recognise."
            )
        if name == LOCAL_NAME:
            raise InputError(f"“{LOCAL_NAME}” is the built-in model.", "Choose another name.")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(
                f"The base URL “{url}” is not a web address.",
                "It looks like https://api.example.com/v1 or http://localhost:11434/v1.",
            )
        if parts.username or parts.password or parts.query or parts.fragment:
            raise InputError(
                "The base URL carries a user name, password, query or fragment.",
                "Keys do not belong in the address: name an environment variable instead.",
            )
        env = self.api_key_env.strip()
        if env and not env.replace("_", "").isalnum():
            raise InputError(
                "The key's field holds something that is not the name of an environment variable.",
                "Enter the variable's name, such as OPENAI_API_KEY, never the key itself.",
            )
        for limit, what in (
            (self.requests_per_minute, "requests"),
            (self.tokens_per_minute, "tokens"),
        ):
            if limit is not None and limit < 1:
                raise InputError(f"{limit} {what} per minute?", "Give 1 or more, or none.")
        models = tuple(dict.fromkeys(m.strip() for m in self.models if m.strip()))
        return replace(self, name=name, base_url=url, api_key_env=env, models=models)


LOCAL = Connection(
    name=LOCAL_NAME,
    base_url="",
    models=(LOCAL_MODEL,),
    concurrency=4,
    timeout_s=120.0,
    price_in=0.0,
    price_out=0.0,
)
