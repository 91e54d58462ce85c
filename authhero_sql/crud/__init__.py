"""The second room: what is done with statements.

An :class:`~authhero_sql.crud.adapter.Adapter` holds the statements of its table and a :class:`~authhero_sql.runner.Runner` that sends
them; its verbs (get, create, update, …) are made of both.
"""
