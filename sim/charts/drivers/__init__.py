"""What an estimate hangs on."""
