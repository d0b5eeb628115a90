"""Scenario escalation simulator: sampled escalation paths from written, sourced assumptions."""
