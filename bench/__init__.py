"""What is measured, and the floor it is measured against: ratios of one run, never a promise of milliseconds."""
