"""What operators use: commands, health and the log of changes."""
