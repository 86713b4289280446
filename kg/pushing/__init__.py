"""Pushes graphs into triple stores of others: planned, resumed, verified, swapped in."""

from __future__ import annotations

from kg.pushing.doctor import Diagnosis, examine
from kg.pushing.plan import Plan
from kg.pushing.profiles import PROFILES, Profile
from kg.pushing.push import Outcome, PushSettings, push

__all__ = ["PROFILES", "Diagnosis", "Outcome", "Plan", "Profile", "PushSettings", "examine", "push"]
