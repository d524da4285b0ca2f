"""The reports: one content (``content``), shown as Markdown, as a page and in a terminal; pictures; and files.

Nothing heavy is imported here: ``write.write_reports`` imports what it needs.
"""
