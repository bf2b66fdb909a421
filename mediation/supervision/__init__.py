"""Supervision: warnings by rules of the house, urging whoever holds a task, supervision orders and their answers."""
