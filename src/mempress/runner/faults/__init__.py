"""Faults made on purpose while a run goes on, each between two audits of what the system holds."""
