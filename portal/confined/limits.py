"""What a process of ours takes away from itself before it opens a file that somebody sent.

A few kilobytes may unpack to terabytes, and readers of old formats have old faults. So such files are opened by a
child that has nothing to lose: when it takes too much, the system ends it, and nobody else notices. This module is
imported by children, which must start quickly and know nothing: it imports nothing of the portal.
"""

import resource


def confine(memory_bytes: int, cpu_seconds: int) -> None:
    """Take away what reading a file needs not: memory, time, files to write, a core dump of clients' data."""
    for kind, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(kind, (most, most))
