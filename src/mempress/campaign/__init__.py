"""Campaigns: a matrix of runs from one file, on this machine or on a cluster, merged into one result.

matrix      the file, strictly read, and the runs it expands to
problems    which line of a file an error is about
estimate    what the plan will take, by runs that are recorded
ledger      the campaign's own journal: what was started where, what was lost, repeated, or failed
scheduler   gives runs to an executor, again where they were lost or failed; knows neither clock nor machine
executors/  where runs are measured: on this machine, or on the nodes of a Ray cluster
measure     ``python -m mempress.campaign.measure``: one run in a process of its own
book        a campaign's directory: its plan, its runs, what may be taken up again
merge       all runs together: one results.json, a page, and an ordinary result for each condition
"""
