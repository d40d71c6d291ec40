"""What the section's templates see, loaded before they are rendered."""
