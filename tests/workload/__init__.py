"""A recorded workload: the same calls give the same answers, and the same errors, on every engine."""
