"""What the `mediation` command does, one module for commands that need the same parts."""
