"""Verification, validation, calibration and speed. Nothing is imported here: a process loads only what it uses."""
