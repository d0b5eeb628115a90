"""One file a question: tables in, a table out, always with n and an interval."""
