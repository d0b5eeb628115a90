"""What an estimate hangs on: sensitivity, response curves, discovery, structure."""
