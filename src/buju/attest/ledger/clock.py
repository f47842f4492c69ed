"""A clock that never goes back and is not believed when it jumps."""

from __future__ import annotations

import time
from collections.abc import Callable

from buju.attest.ledger.refusals import LedgerRefused

MOST_SKEW = 300  # seconds


class SteadyClock:
    """POSIX seconds that never fall below the last ones given.

    Small backward steps are held at the last time. A clock more than 300 s behind the last time,
    or one that moved by more than 300 s against the machine's monotonic clock, is refused.

    Examples
    --------
    >>> SteadyClock(lambda: 90.0, last=100).now()
    100
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        last: int = 0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock, self.monotonic, self.last = clock, monotonic, last
        self.offset = clock() - monotonic()

    def now(self) -> int:
        """The time to sign.

        Raises
        ------
        LedgerRefused
            `clock`.
        """
        shown = self.clock()
        step = shown - self.monotonic() - self.offset
        if abs(step) > MOST_SKEW or shown < self.last - MOST_SKEW:
            raise LedgerRefused(
                "clock",
                f"the clock stepped by {step:.0f} s or stands {self.last - shown:.0f} s before the "
                "last signed time; nothing is signed. Set the clock and start again",
                "时钟跳变或早于上次签名时间超过 300 秒，已停止签名；请校时后重启。",
            )
        self.last = max(self.last, int(shown))
        return self.last
