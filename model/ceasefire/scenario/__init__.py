"""Reads, composes and checks the scenario files of `scenarios/` and of users."""
