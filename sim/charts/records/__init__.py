"""The record of history and what happened, beside the estimates."""
