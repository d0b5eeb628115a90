"""One file a chart, named after the analysis it draws."""
