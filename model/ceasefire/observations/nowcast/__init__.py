"""What is to be expected from a day on, given what was counted until then."""
