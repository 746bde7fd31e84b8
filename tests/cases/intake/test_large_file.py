"""A long placement is checked in memory that hardly grows with it."""

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import json, resource, sys, time
from pathlib import Path
from cases.intake.check import check_file
from cases.intake.csv_file import read_placement_file
from cases.intake.digest import content_digest
from cases.intake.summary import Summary
from tests.cases.intake.placements import CONTEXT, csv_text, row

def lines(count):
    header, line, _ = csv_text([row()]).split("\\r\\n")
    yield f"{header}\\r\\n".encode()
    for number in range(count):
        yield (line.replace("RE-24188", f"RE-{number}").replace("2423400", f"{2400000 + number}") + "\\r\\n").encode()

def check(count):
    summary = Summary()
    file = read_placement_file(lines(count))
    content_digest(checked.draft for checked in check_file(file, CONTEXT, summary) if checked.draft)
    assert summary.ready == count, summary
    return peak_mb()

def peak_mb():
    status = Path("/proc/self/status")  # getrusage would also count the process that started this one
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 * 1024 if sys.platform == "darwin" else 1024)

small = check(2_000)
started = time.process_time()
large = check(40_000)
print(json.dumps({"small": small, "large": large, "rows_a_second": 40_000 / (time.process_time() - started)}))
"""


def test_forty_thousand_rows_take_little_more_memory_than_two_thousand():
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, cwd=root)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    sys.stderr.write(f"{figures}\n")
    assert figures["large"] - figures["small"] < 16  # megabytes: 400 bytes a row, and 40 MB at the largest size allowed
