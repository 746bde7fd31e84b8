"""The account with a debtor as a file for a spreadsheet."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from cases.account.lines import AccountLine
from cases.account.register import Account
from cases.account.words import KINDS
from portal.pages.export import Amount, Cell
from portal.pages.sheet import PAGE, Sheet
from portal.pages.text import N_, translate

COLUMNS: Final = {
    N_("Date"): 11, N_("Entry"): 24, N_("Number or reason"): 28, N_("Case number"): 12, N_("Due"): 11, N_("Currency"): 8,
    N_("Owed more"): 14, N_("Owed less"): 14, N_("Balance"): 14,
}  # fmt: skip


def account_sheet(account: Account) -> Sheet[AccountLine]:
    """The lines of an account."""
    currency = account.case.currency

    async def pages() -> AsyncIterator[Sequence[AccountLine]]:
        for begins in range(0, len(account.lines), PAGE):
            yield account.lines[begins : begins + PAGE]

    def cells(line: AccountLine) -> Sequence[Cell]:
        return (
            line.on, translate(KINDS[line.kind]), line.text, line.case_number, line.due_on, currency,
            Amount(line.amount_minor, currency) if line.amount_minor > 0 else None,
            Amount(-line.amount_minor, currency) if line.amount_minor < 0 else None,
            Amount(line.balance_minor, currency),
        )  # fmt: skip

    name = f"account-{account.case.number}-{account.on.isoformat()}"
    return Sheet(name=name, title=N_("Account with the debtor"), columns=COLUMNS, pages=pages(), cells=cells)
