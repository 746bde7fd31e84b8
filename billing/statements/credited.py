"""What a statement's credit notes give back, in words: fee and VAT of each payment that went back, with the line that had them."""

from collections.abc import Sequence

from billing.invoices.credit_notes import CreditLine
from portal.pages.formats import amount
from portal.pages.text import translate


def credited_sentences(currency: str, lines: Sequence[CreditLine]) -> list[str]:
    """One sentence for each line, spoken in the current language."""
    return [
        translate(
            "Credit note %(note)s: line %(line)s of statement %(statement)s, case %(case)s, %(debtor)s. Fee %(fee)s and VAT"
            " %(vat)s are given back.",
            note=line.note_number,
            line=line.position,
            statement=line.statement_number,
            case=line.case_number,
            debtor=line.debtor_name,
            fee=amount(line.fee_minor, currency),
            vat=amount(line.vat_minor, currency),
        )
        for line in lines
    ]
