"""What every request passes before a page is made, one file a step."""
