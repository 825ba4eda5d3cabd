"""Where experiments run: code that reads the files of `experiments/`, simulates every design point and stores results."""
