"""Disputes of many: rosters, representatives, consents."""
