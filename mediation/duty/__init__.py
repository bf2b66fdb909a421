"""Duty: the roster of a week, standing posts with their A and B, and the ties that keep people away."""
