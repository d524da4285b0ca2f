"""A Ray cluster of two nodes on this machine's loopback device, as a program of its own.

It prints its address when it stands, kills its second node when it reads ``kill``, and takes all down when its
standard input ends, which it does whatever becomes of the test.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import Any

STORE_BYTES = 100 << 20
VARIABLES = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_memory_monitor_refresh_ms": "0",  # a busy machine's memory is no reason to kill a worker
    "RAY_raylet_start_wait_time_s": "120",  # it may be busy with other tests
}
HEAD, OTHER = "127.0.0.2", "127.0.0.3"


def main(temporary: str) -> None:
    """Hold the cluster until the input ends."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    (Path(temporary) / "ray").mkdir()  # where Ray notes the address of the machine's latest cluster
    os.environ |= VARIABLES | {"RAY_TMPDIR": temporary}
    from ray.cluster_utils import Cluster  # noqa: PLC0415 - after its variables are set

    common: dict[str, Any] = {
        "num_cpus": 1,
        "object_store_memory": STORE_BYTES,
        "include_dashboard": False,
        "resources": {"mempress_slot": 1},
    }
    cluster: Any = Cluster(initialize_head=True, head_node_args=common | {"node_ip_address": HEAD})
    try:
        other = cluster.add_node(node_ip_address=OTHER, **common)
        print(cluster.address, flush=True)  # noqa: T201 - its answer
        for line in sys.stdin:
            if line.strip() == "kill":
                cluster.remove_node(other, allow_graceful=False)
                print("killed", flush=True)  # noqa: T201 - its answer
    finally:
        cluster.shutdown()


if __name__ == "__main__":
    main(sys.argv[1])
