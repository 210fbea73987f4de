"""Many articles in: found here, read by several processes, written by one."""

from kgapi.bulk.cluster import Cluster
from kgapi.bulk.pool import Here, Pool
from kgapi.bulk.processes import Processes
from kgapi.bulk.report import Report
from kgapi.bulk.run import Record, run

__all__ = ["Cluster", "Here", "Pool", "Processes", "Record", "Report", "run"]
