"""Files as creditors really send them: how one is to be read, what its columns mean, and the cases that result.

`shape` is how a file is to be read and `detect` proposes it; `table` reads it; `column_map` is what its columns mean
and `guess` proposes that; `mapped` makes cases of the rows, as the rules in `cases.intake.check` take them.
"""
