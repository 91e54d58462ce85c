"""The statement layer: it builds SQL statements and sends nothing, so all of it can be tested without a database.

- :mod:`~authhero_sql.statements.conditions` describes which rows a statement reads or writes.
- :mod:`~authhero_sql.statements.access` chooses the index that finds them.
- :mod:`~authhero_sql.statements.filters` compiles the filters of callers.
- :mod:`~authhero_sql.statements.table` builds the statements of a table, :mod:`~authhero_sql.statements.lists` those of its lists, and
  :mod:`~authhero_sql.statements.aggregates` those that count rows in groups.
- :mod:`~authhero_sql.statements.cache` caches the text of the statements.
"""
