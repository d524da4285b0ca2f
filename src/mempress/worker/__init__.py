"""The child process in which one system under test lives alone; standard library only.

It obeys commands from a pipe of its own, drives the system, times each call, and knows neither the ground truth nor
the other systems. Whatever the system prints goes elsewhere.
"""
