"""Where scenarios are loaded: code that reads, composes and checks the files of `scenarios/`."""
