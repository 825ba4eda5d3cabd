"""One world and many: initial state, compiled engine, Mesa model."""
