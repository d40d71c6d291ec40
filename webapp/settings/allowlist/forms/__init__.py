"""What the forms of the section sent, as it was typed, and what is wrong with it."""
