"""How fast a connection may be asked: a window that adapts, and limits per minute."""

from collections import deque
from statistics import median

_MINUTE_S = 60.0
_CUT = 0.5
_SLOW_CUT = 0.75
_SLOW = 2.0
_SLOWER_S = 0.5
_FORGET = 1.05
_FEWEST = 16


class Window:
    """How many calls a connection bears at once.

    Additive increase, multiplicative decrease (Chiu and Jain 1989): one more for every window of
    good answers, half as many when the server refuses, three quarters when answers take twice as
    long as they did at their best, and half a second more: less than that may be our own doing. A
    window is halved once for all calls that were sent before.
    """

    def __init__(self, most: int) -> None:
        self.most = max(1, most)
        self.size = float(self.most)
        self._cut_at = float("-inf")
        self._latencies: list[float] = []
        self._best: float | None = None

    def limit(self, most: int) -> None:
        """Allow another number of calls at most."""
        if max(1, most) != self.most:
            self.most = max(1, most)
            self.size = float(self.most)

    @property
    def now(self) -> int:
        """How many calls may be in flight."""
        return max(1, int(self.size))

    def went_well(self, latency_s: float) -> None:
        """An answer came."""
        self._latencies.append(latency_s)
        self.size = min(float(self.most), self.size + 1 / self.size)
        if len(self._latencies) >= max(_FEWEST, self.now):
            self._look_back()

    def was_refused(self, sent_at: float, now: float) -> None:
        """The server would not answer, or did not in time. Times in seconds of one clock."""
        if sent_at >= self._cut_at:
            self.size = max(1.0, self.size * _CUT)
            self._cut_at = now

    def _look_back(self) -> None:
        typical = median(self._latencies)
        self._latencies.clear()
        if self._best is not None and typical > max(_SLOW * self._best, self._best + _SLOWER_S):
            self.size = max(1.0, self.size * _SLOW_CUT)
        # The best is forgotten little by little: a server that is slower for good is no trouble.
        self._best = min(typical, (self._best or typical) * _FORGET)


class RateLimit:
    """At most so many requests and tokens in any 60 seconds."""

    def __init__(self, requests: int | None = None, tokens: int | None = None) -> None:
        self.requests = requests
        self.tokens = tokens
        self._sent: deque[tuple[float, int]] = deque()
        self._n_tokens = 0

    def wait_s(self, now: float, tokens: int) -> float:
        """Seconds until a request of `tokens` tokens may be sent; 0 if it may be now.

        One that is larger than the whole limit is let through when nothing else was sent.
        """
        if self.requests is None and self.tokens is None:
            return 0.0
        while self._sent and self._sent[0][0] <= now - _MINUTE_S:
            self._n_tokens -= self._sent.popleft()[1]
        wait = 0.0
        if self.requests is not None and len(self._sent) >= self.requests:
            wait = self._sent[len(self._sent) - self.requests][0] + _MINUTE_S - now
        if self.tokens is not None and self._sent and self._n_tokens + tokens > self.tokens:
            left = self._n_tokens
            for sent_at, spent in self._sent:
                left -= spent
                if left + tokens <= self.tokens or left <= 0:
                    wait = max(wait, sent_at + _MINUTE_S - now)
                    break
        return max(0.0, wait)

    def sent(self, now: float, tokens: int) -> None:
        """A request of about `tokens` tokens goes out."""
        if self.requests is not None or self.tokens is not None:
            self._sent.append((now, tokens))
            self._n_tokens += tokens
