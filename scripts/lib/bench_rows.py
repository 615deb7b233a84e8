"""What bench_tables.py measures: the rows of its tables, as data.

A figure is named by a key:
  "event_queue_bench:Hold<QueueHold>/1000"  CPU ns per operation of a benchmark
  "check_bench:OneKeyZones@peak_MiB"        a counter of it
  "ns-3:hold/1000", "SimGrid:sleep/1000"    CPU ns per operation of a peer
  "run:FILE"                                simulated s per CPU-s of a whole run
  "set-up+run:FILE"                         CPU ms of a whole run
"""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Goal:
    """`text` says it as kernel.md or the issue does. Met iff the figure is at
    most `at_most` or at least `at_least`, and every peer that was measured
    needs at least `times` as long (by key)."""
    text: str
    at_most: float = None
    at_least: float = None
    times: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Row:
    what: str
    key: str
    unit: str = "ns"
    peers: tuple = ()  # (name, key)
    goal: Goal = None


def hold(pending, at_most):
    return Row(
        f"event queue: pop + push, {pending:,} pending",
        f"event_queue_bench:Hold<QueueHold>/{pending}",
        peers=(("std::priority_queue",
                f"event_queue_bench:Hold<HeapHold>/{pending}"),
               ("std::set", f"event_queue_bench:Hold<SetHold>/{pending}")),
        goal=Goal(f"<= {at_most} ns", at_most=at_most))


def kernel(pending, at_most):
    ns3, simgrid = f"ns-3:hold/{pending}", f"SimGrid:hold/{pending}"
    return Row(
        "event: schedule, pop, digest, recorder, dispatch, "
        f"{pending:,} pending",
        f"kernel_bench:BM_KernelHold/{pending}",
        peers=(("ns-3", ns3), ("SimGrid timer", simgrid)),
        goal=Goal(f"<= {at_most} ns, >= 3x ns-3, >= 7x SimGrid",
                  at_most=at_most, times={ns3: 3, simgrid: 7}))


def timer(pending, at_most):
    return Row(
        f"timer: cancel + arm again + one event, {pending:,} armed",
        f"kernel_bench:BM_TimerCancelAndRearm/{pending}",
        peers=(("ns-3", f"ns-3:timer/{pending}"),),
        goal=Goal(f"<= {at_most} ns", at_most=at_most))


ROWS = (
    hold(1000, 22),
    hold(100000, 45),
    kernel(1000, 30),
    kernel(100000, 65),
    Row("fiber: resume + suspend", "fiber_bench:BM_ResumeAndSuspend"),
    Row("fiber: create + run + destroy", "fiber_bench:BM_CreateRunDestroy"),
    Row("fiber: sleep, wake event and both switches, 1,000 fibers",
        "kernel_bench:BM_FiberSleep/1000",
        peers=(("SimGrid actor", "SimGrid:sleep/1000"),),
        goal=Goal("<= 55 ns, >= 14x SimGrid", at_most=55,
                  times={"SimGrid:sleep/1000": 14})),
    timer(1000, 25),
    timer(100000, 60),
    Row("ping-pong, 1,000 nodes", "kernel_bench:BM_PingPong/1000",
        peers=(("ns-3", "ns-3:ping/1000"),
               ("SimGrid", "SimGrid:ping/1000")),
        goal=Goal("<= 45 ns, >= 2x ns-3, >= 80x SimGrid", at_most=45,
                  times={"ns-3:ping/1000": 2, "SimGrid:ping/1000": 80})),
    Row("replicated append over the bus, 5 nodes, no engine: an event",
        "net_bench:BM_ReplicatedAppend",
        goal=Goal("<= 70 ns", at_most=70)),
    Row("the same: commands",
        "net_bench:BM_ReplicatedAppend@commands_per_s", unit="/s",
        goal=Goal(">= 650,000 /s", at_least=650000)),
    Row("message, send to delivery, 5 nodes, fifo, 128 bytes",
        "net_bench:BM_SendToDelivery/parties:5/fifo:1"),
    Row("digest + flight recorder", "kernel_bench:BM_DigestAndRecorder",
        goal=Goal("<= 5 ns", at_most=5)),
    Row("crash of a node with 1,000 parked fibers",
        "fiber_bench:BM_CrashOfAThousandFibers", unit="us",
        goal=Goal("<= 1 ms", at_most=1000)),
    Row("a world of five nodes, built and torn down",
        "kernel_bench:BM_BuildAndTearDownAWorld", unit="us",
        goal=Goal("<= 1 ms", at_most=1000)),
    Row("disk: append 200 bytes, buffered", "disk_bench:BM_Append/200"),
    Row("disk: append 4 KiB, buffered", "disk_bench:BM_Append/4096",
        goal=Goal("<= 0.5 us", at_most=500)),
    Row("disk: append 4 KiB and sync: two operations",
        "disk_bench:BM_AppendAndSync/4096",
        goal=Goal("<= 1 us", at_most=1000)),
    Row("disk: read a cached page", "disk_bench:BM_ReadCachedPage",
        goal=Goal("<= 0.5 us", at_most=500)),
    Row("disk: overwrite a page, sync every 64",
        "disk_bench:BM_OverwritePage",
        goal=Goal("<= 0.5 us", at_most=500)),
    Row("WAL: frame + checksum of a record of 128 bytes",
        "wal_bench:BM_FrameRecord/128"),
    Row("WAL: append of 128 bytes, alone in its group",
        "wal_bench:BM_WalAppend/1/128"),
    Row("WAL: append of 128 bytes, groups of 16",
        "wal_bench:BM_WalAppend/16/128"),
    Row("WAL: append of 4 KiB, groups of 16", "wal_bench:BM_WalAppend/16/4096"),
    Row("one gallery run (sync-failover), process and all",
        "set-up+run:scenarios/gallery/sync-failover.toml", unit="ms"),
    Row("whole run: 3 nodes, sync primary-backup, 1,000 commits/s",
        "run:tests/bench/whole_run.toml", unit="simulated s per CPU-s",
        goal=Goal(">= 100", at_least=100)),
    Row("whole run: 5 nodes, Raft, 1,000 commits/s",
        "run:tests/bench/raft_1000.toml", unit="simulated s per CPU-s",
        goal=Goal(">= 60", at_least=60)),
    Row("whole run: 5 nodes, Raft, 100 commits/s",
        "run:tests/bench/raft_100.toml", unit="simulated s per CPU-s",
        goal=Goal(">= 500 (8 seeds of 60 s per s and core)", at_least=500)),
    Row("whole run: 5 nodes, Raft, 15 commits/s",
        "run:tests/bench/raft_15.toml", unit="simulated s per CPU-s",
        goal=Goal(">= 3,000", at_least=3000)),
    Row("check 1,000,000 operations on one key, 50 clients: zones",
        "check_bench:OneKeyZones", unit="ms",
        goal=Goal("<= 500 ms", at_most=500)),
    Row("the same with a witness", "check_bench:OneKeyWitness", unit="ms",
        goal=Goal("<= 500 ms", at_most=500)),
    Row("the same, a stale read, witness refuted",
        "check_bench:OneKeyStaleRead", unit="ms",
        goal=Goal("<= 500 ms", at_most=500)),
    Row("the same, 10 % of outcomes unknown",
        "check_bench:OneKeyUnknownWrites", unit="ms",
        goal=Goal("<= 500 ms", at_most=500)),
    Row("peak memory of that process, history included",
        "check_bench:OneKeyZones@peak_MiB", unit="MiB",
        goal=Goal("<= 300 MiB", at_most=300)),
    Row("check 1,000,000 operations on 100 keys: zones",
        "check_bench:HundredKeysZones", unit="ms"),
)
