"""Administration: accounts, agencies, flows and releases, incidents, holidays, the state of the house. No case content."""
