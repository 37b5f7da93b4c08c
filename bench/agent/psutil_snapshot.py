"""The same table by psutil: psutil_snapshot.py ROUNDS -> "processes cpu_microseconds_per_round"."""

import sys
import time

import psutil

FIELDS = ["pid", "ppid", "name", "username", "create_time", "cpu_times", "num_threads", "memory_info", "io_counters"]


def snapshot():
    return sum(1 for _ in psutil.process_iter(FIELDS))


rounds = int(sys.argv[1])
snapshot()
start = time.process_time()
for _ in range(rounds):
    processes = snapshot()
print(processes, (time.process_time() - start) / rounds * 1e6)
