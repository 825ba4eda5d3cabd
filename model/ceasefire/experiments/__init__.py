"""Where experiments run: code that reads the files of `experiments/`, simulates design points and stores results."""
