"""Costs of a case: what courts, bailiffs, lawyers and others were paid for it, who advanced it, and what became of it.

What the agency advances is its own money until the debtor repays it or the client is asked for it (O1240, event 16 of the
money rules); what the client paid itself is only owed by the debtor.
"""
