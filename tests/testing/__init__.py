"""Tests of mempress.testing."""
