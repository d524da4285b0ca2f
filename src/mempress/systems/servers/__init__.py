"""Servers that an adapter starts for itself, from a package in its project's environment; standard library alone."""
