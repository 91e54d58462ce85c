"""Testing tools: in-memory databases, a manual clock, builders of input data, and a check for secrets in logs.

The pytest plugin ``pytest_authhero_sql`` provides the databases and the clock as fixtures. With other test runners, use the classes:

.. code-block:: python

    with MigratedCopies() as copies, copies.adapters(clock) as adapters:
        await adapters.tenants.create(build.tenant())
"""

from . import build
from .clock import ManualClock
from .copies import MigratedCopies
from .secrets import assert_no_secrets

__all__ = ["ManualClock", "MigratedCopies", "assert_no_secrets", "build"]
