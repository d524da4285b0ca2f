"""Where a system runs: in the interpreter of mempress, or in an environment of its project's own, built by uv.

Standard library alone; uv is a program that it starts.

    interpreter   which Python runs a worker, with what on its path
    cache         where environments and locks lie, outside any project
    plan          what it will be made of; versions resolved
    uv            starts uv and hands on what it says
    prepare       a system's environment, built if it is not there yet
    lock          ``python -m mempress.environments.lock``: resolves every project's requirements anew
"""

from mempress.environments.interpreter import Interpreter, own_interpreter
from mempress.environments.prepare import is_ready, prepare
from mempress.environments.uv import EnvironmentFailedError

__all__ = ["EnvironmentFailedError", "Interpreter", "is_ready", "own_interpreter", "prepare"]
