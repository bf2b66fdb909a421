"""Signing in the room and on paper, the seals of the bodies, and the page where anybody can check a paper."""
