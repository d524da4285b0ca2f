"""The parent's side of a run: it spawns the worker, feeds it, samples it from outside, and writes the journal."""
