"""What a form of the section sends, and what is wrong with it."""
