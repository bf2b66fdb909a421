"""The case manager: the only place with a database, users and HTTP."""
