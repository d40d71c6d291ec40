"""What operators use: commands and health."""
