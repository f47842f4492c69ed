"""Holdings of allowances by double entry: what one account loses another gains."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from buju.errors import ParameterError

ISSUER, RETIRED = "@issuer", "@retired"
"""Where allowances come from and where surrendered ones rest; neither is anybody's account."""


@dataclass(frozen=True)
class Entry:
    """One movement of whole tonnes from an account to another."""

    number: int
    kind: str
    source: str
    target: str
    tonnes: int


@dataclass(frozen=True)
class Journal:
    """Entries in their order; nothing is ever taken out.

    Every movement gives a new journal. Balances of all accounts with the issuer's sum to zero.

    Examples
    --------
    >>> book = Journal().issue("plant", 100).transfer("plant", "mill", 30).surrender("mill", 10)
    >>> book.balance("plant"), book.balance("mill"), book.retired
    (70, 20, 10)
    >>> book.transfer("mill", "plant", 21)
    Traceback (most recent call last):
    ...
    buju.errors.ParameterError: 账户“mill”持有 20 吨，不能转出 21 吨
    account 'mill' holds 20 t and cannot give 21 t
    """

    entries: tuple[Entry, ...] = ()
    _balances: dict[str, int] = field(default_factory=dict, repr=False)

    def issue(self, account: str, tonnes: int) -> Journal:
        """Allowances handed out to an account."""
        return self._moved("issue", ISSUER, account, tonnes)

    def transfer(self, source: str, target: str, tonnes: int) -> Journal:
        """Allowances sold or given."""
        return self._moved("transfer", source, target, tonnes)

    def surrender(self, account: str, tonnes: int) -> Journal:
        """Allowances given up for emissions."""
        return self._moved("surrender", account, RETIRED, tonnes)

    def balance(self, account: str) -> int:
        """Tonnes that an account holds."""
        return self._balances.get(account, 0)

    @property
    def issued(self) -> int:
        """Tonnes handed out so far."""
        return -self._balances.get(ISSUER, 0)

    @property
    def retired(self) -> int:
        """Tonnes surrendered so far."""
        return self._balances.get(RETIRED, 0)

    @property
    def accounts(self) -> dict[str, int]:
        """Balances by account, without issuer and retired, in the order they first stood in."""
        return {name: held for name, held in self._balances.items() if not name.startswith("@")}

    def frame(self) -> pd.DataFrame:
        """Entries as a table."""
        columns = ["number", "kind", "source", "target", "tonnes"]
        return pd.DataFrame(
            [[getattr(entry, column) for column in columns] for entry in self.entries],
            columns=columns,
        )

    def _moved(self, kind: str, source: str, target: str, tonnes: int) -> Journal:
        for account in (source, target):
            if not account or (account.startswith("@") and account not in (ISSUER, RETIRED)):
                raise ParameterError(
                    f"'{account}' is no account's name", f"“{account}”不能用作账户名"
                )
        if isinstance(tonnes, bool) or tonnes != int(tonnes) or tonnes < 0:
            raise ParameterError(
                f"{tonnes} t: whole tonnes of zero or more are expected",
                f"{tonnes} 吨：应为非负整吨数",
            )
        held = self.balance(source)
        if source != ISSUER and held < tonnes:
            raise ParameterError(
                f"account '{source}' holds {held} t and cannot give {tonnes} t",
                f"账户“{source}”持有 {held} 吨，不能转出 {tonnes} 吨",
            )
        balances = dict(self._balances)
        balances[source] = balances.get(source, 0) - int(tonnes)
        balances[target] = balances.get(target, 0) + int(tonnes)
        entry = Entry(len(self.entries) + 1, kind, source, target, int(tonnes))
        return Journal((*self.entries, entry), balances)
