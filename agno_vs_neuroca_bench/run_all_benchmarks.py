"""The classic command, a thin front of ``mempress run``.

    python run_all_benchmarks.py --pressure --max-records 20000 --batch-size 1000

``--pressure`` names the one benchmark there is; all other options are those of ``mempress run``.
"""

from __future__ import annotations

import sys

from mempress.cli import main

if __name__ == "__main__":
    main(["run", *(argument for argument in sys.argv[1:] if argument != "--pressure")])
