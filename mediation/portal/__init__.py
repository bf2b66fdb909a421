"""Residents: where my case stands, what comes next, and what I can do about it."""
