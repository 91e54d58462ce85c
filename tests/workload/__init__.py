"""A recorded workload: the same calls give the same results and errors on every engine."""
