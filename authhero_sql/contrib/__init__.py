"""Integrations with web frameworks. Each framework has a module, and :mod:`.http` contains the shared code."""
