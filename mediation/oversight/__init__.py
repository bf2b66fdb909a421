"""Oversight: what is overdue, how cases end and how long they take. Reads only."""
