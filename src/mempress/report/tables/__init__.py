"""A run's samples and operations as tables for other programs: CSV and Parquet."""

from mempress.report.tables.write import FORMATS, write_tables

__all__ = ["FORMATS", "write_tables"]
