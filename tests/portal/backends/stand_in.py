"""Stands for the portal's own commands, so that `up` is tested apart from them: migrates nothing, serves a page."""

import http.server
import json
import os
import sys
import time


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({name: value for name, value in os.environ.items() if name.startswith("PORTAL_")}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


def main(command: str) -> None:
    if command == "sample":
        if os.environ.get("STAND_IN_SAMPLE_HANGS"):
            time.sleep(600)
        login = {"agency": "Nordlicht", "role": "owner", "email": "owner@example.com", "password": "only a sample"}
        debtor = {"agency": "Nordlicht", "debtor": "Ferretti", "reference": "2026-00001", "postal_code": "25124"}
        debtor["address"] = "http://127.0.0.1/claim/" + "t" * 43
        sys.stdout.write(json.dumps({"loaded": True, "logins": [login], "debtors": [debtor]}))
    elif command == "serve":
        address = ("127.0.0.1", int(os.environ["PORTAL_PORT"]))
        http.server.ThreadingHTTPServer(address, Page).serve_forever()
    elif command == "worker":
        time.sleep(600)


if __name__ == "__main__":
    main(sys.argv[1])
