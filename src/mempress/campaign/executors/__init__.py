"""Where a campaign's runs are measured: one small interface, one file for each way.

base    the interface
local   on this machine, one at a time or some beside each other on cores of their own
ray     on the nodes of a Ray cluster, one at a time on each
node    what runs on such a node
"""
