"""What whoever runs the portal uses: commands, health."""
