"""Loads, runs and evaluates batch experiments. (Experiment files themselves are in experiments/ of the repository.)"""
