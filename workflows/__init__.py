"""The engine room: flows, decisions and expressions as pure functions, without database, clock or network."""
