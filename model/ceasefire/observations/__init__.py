"""What was observed in the world: files that users bring, read into daily and weekly counts."""
