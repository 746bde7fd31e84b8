"""Debtors that are one: compared after a placement, linked by their score or by a person, and told apart again.

Each debtor stays what it is, with its cases, people and contacts; a link only says that the contact guard and the
workbench look at both (``debtors.same_as``). So a link that was wrong is taken back without anything to sort out.
"""
