"""The shell: people and tenancy, audit, the ledger, storage, jobs, mail and pages."""

import os

# Piccolo finds its engine and its apps through this module.
os.environ.setdefault("PICCOLO_CONF", "portal.piccolo_conf")
