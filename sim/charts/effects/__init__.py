"""What a change would change."""
