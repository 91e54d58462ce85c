"""The first room: what is said to a database. Pure: no module here sends anything, and all of it can be tested without a database.

:mod:`~authhero_sql.statements.conditions` says which rows are meant, :mod:`~authhero_sql.statements.access` by which index they are
found, :mod:`~authhero_sql.statements.table` has the statements of a table, :mod:`~authhero_sql.statements.lists` those of its lists and
:mod:`~authhero_sql.statements.aggregates` those that count in groups. :mod:`~authhero_sql.statements.texts` keeps their texts.
"""
