"""Metrics of an engine for Prometheus and OpenTelemetry; each module needs its client library, and loads it alone."""
