"""The CRUD layer: the base adapter, and the operations that its methods are composed of.

An :class:`~authhero_sql.crud.adapter.Adapter` holds the statements of its table and a :class:`~authhero_sql.runner.Runner` that sends
them. Its methods (get, create, update and others) combine the two.
"""
