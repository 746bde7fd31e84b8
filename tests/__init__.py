"""Commands and tests start Python hundreds of times: what it has compiled once is kept, whatever the machine prefers."""

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
