"""Whether two debtors are one: names made comparable, evidence that adds up to a score, and what follows from it.

All of it is pure. `blocking` says under which keys candidates are looked up, `score` how much speaks for and against,
`verdict` whether they are linked, shown to a person, or left apart.
"""
