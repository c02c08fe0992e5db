"""Measures how often the right clause comes first, through the doors that people use."""
