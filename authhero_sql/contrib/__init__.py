"""The integrations with web frameworks: each has a module, and :mod:`.http` holds what they share."""
