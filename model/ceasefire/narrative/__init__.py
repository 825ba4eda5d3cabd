"""Scenarios and worlds in words: descriptions, turning points, stories."""
