"""What became of a receipt's mail, in words."""

from typing import Final

from portal.pages.text import N_

MAIL_TEXTS: Final = {
    "": N_("is about to be mailed"),
    "sent": N_("mailed to the debtor"),
    "off": N_("not mailed: your agency mails no receipts"),
    "no_address": N_("not mailed: no e-mail address of the debtor is known"),
    "stopped": N_("not mailed: the debtor may not be written to"),
    "taken_back": N_("not mailed: the payment was taken back before"),
    "bad_address": N_("not mailed: the debtor's e-mail address is none"),
}
