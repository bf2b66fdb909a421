"""The editor of flows: drafts of a release, their files, what lint says of them, and publishing."""
