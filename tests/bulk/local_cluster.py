"""A Dask cluster of this machine: two workers, each a process of its own, until standard input ends.

    python -m tests.bulk.local_cluster

prints the address of its scheduler, then the process ids of its workers.
"""

import sys

from distributed import LocalCluster


def main() -> None:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        print(cluster.scheduler_address)
        print(*(worker.pid for worker in cluster.workers.values()), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
