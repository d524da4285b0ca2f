"""LangGraph: the stores of its long-term memory; a module for each, ``store`` has what they share."""
