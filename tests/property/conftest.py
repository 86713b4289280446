"""Settings of the property tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A statement in a database takes longer than a call of a function, and the first one longest. The same commit runs the same examples.
settings.register_profile("kg", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kg")
