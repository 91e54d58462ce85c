"""What connects the adapters with web frameworks: a module for each, and :mod:`.http`, which knows none of them."""
