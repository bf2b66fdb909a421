"""A made-up centre at work: many cases through all flows with plausible people and moving time, judged at the end."""
