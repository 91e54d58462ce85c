"""What tests of an application need of this package: adapters in a moment, a clock that one turns, rows, and a look for secrets.

The pytest plugin ``pytest_authhero_sql`` gives the first two as fixtures; with another test runner:

.. code-block:: python

    with MigratedCopies() as copies, copies.adapters(clock) as adapters:
        await adapters.tenants.create(build.tenant())
"""

from . import build
from .clock import ManualClock
from .copies import MigratedCopies
from .secrets import assert_no_secrets

__all__ = ["ManualClock", "MigratedCopies", "assert_no_secrets", "build"]
