"""Statistics of worlds: durations, differences, uncertainty, sensitivity, scores. Draws nothing, simulates nothing."""
