"""Times as people say them: how long ago, how long it takes."""

from datetime import UTC, datetime


def ago(then: datetime, now: datetime | None = None) -> str:
    """How long ago something was, roughly; the date where that is longer than a week."""
    seconds = ((now or datetime.now(UTC)) - then).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min ago"
    if seconds < 86_400:
        return f"{seconds // 3600:.0f} h ago"
    if seconds < 7 * 86_400:
        days = int(seconds // 86_400)
        return "yesterday" if days == 1 else f"{days} days ago"
    return f"{then:%d %b %Y}".lstrip("0")


def day(then: datetime) -> str:
    """A day, such as 3 Nov 2026."""
    return f"{then.day} {then:%b %Y}"


def clock(seconds: float) -> str:
    """A length of time as minutes and seconds, such as 1:05."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def roughly(seconds: float) -> str:
    """A length of time as a promise: “about a minute”."""
    if seconds < 45:
        return "under a minute"
    if seconds < 90:
        return "about a minute"
    if seconds < 90 * 60:
        return f"about {seconds / 60:.0f} minutes"
    return f"about {seconds / 3600:.0f} hours"
