"""Assembles what analysis and charts made; decides nothing."""
