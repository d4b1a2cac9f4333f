"""Holds the running server against its own document: made-up requests of every operation, as the registry, must
find no answer of 500 or above and none that the document does not describe.

Usage: contract.py BINARY (in an environment with schemathesis)
"""

import http.cookiejar
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

PORT = 8131
BASE = f"http://127.0.0.1:{PORT}"
FIRST, PASSWORD = "the first password", "a password of the tests"
# The session itself is used by the run; signing out would end it, and passwords have a limit of their own.
LEFT_OUT = "^(session_sign_out|session_change_password|session_sign_in|session_activate|operations_metrics)$"
# One worker stays below the limit of requests of a session (50 a second).
RATE = "40/s"


def call(opener, method, path, body, csrf=None):
    headers = {"Content-Type": "application/json"}
    if csrf:
        headers["X-CSRF-Token"] = csrf
    request = urllib.request.Request(BASE + path, json.dumps(body).encode(), headers, method=method)
    with opener.open(request) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def sign_in(opener):
    first = call(opener, "POST", "/api/session", {"login": "registry", "password": FIRST})
    call(opener, "POST", "/api/session/password", {"old": FIRST, "new": PASSWORD}, first["csrf"])
    return first["csrf"]


def begin(opener, csrf):
    """A campaign to work on, so that more than refusals is met."""
    templates = json.loads(opener.open(BASE + "/api/templates").read())
    call(opener, "POST", "/api/campaigns", {"id": "xd-2027", "settings": templates[0]["text"], "suite": "modern"}, csrf)
    table = "学号,姓名,证件号码,学院,班级,层次\n20270001,林晓雨,11010519491231002X,计算机学院,软件1,本科\n"
    headers = {"Content-Type": "application/octet-stream", "X-CSRF-Token": csrf, "If-Match": '"0"'}
    opener.open(urllib.request.Request(BASE + "/api/campaigns/xd-2027/roster", table.encode(), headers)).close()


def main(binary):
    with tempfile.TemporaryDirectory() as folder:
        command = [binary, "serve", "--listen", f"127.0.0.1:{PORT}", "--data", folder]
        server = subprocess.Popen(command, env=os.environ | {"XUEYING_FIRST_PASSWORD": FIRST})
        try:
            for _ in range(200):
                try:
                    urllib.request.urlopen(BASE + "/readyz").close()
                    break
                except OSError:
                    time.sleep(0.1)
            cookies = http.cookiejar.CookieJar()
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
            csrf = sign_in(opener)
            begin(opener, csrf)
            cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies)
            # Most made-up requests meet the campaign that is there.
            Path(folder, "schemathesis.toml").write_text('[parameters]\n"path.campaign" = "xd-2027"\n')
            program = Path(sys.executable).with_name("schemathesis")
            checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
            run = [program, "run", BASE + "/openapi.json", "--checks", checks, "--rate-limit", RATE]
            run += ["--exclude-operation-id-regex", LEFT_OUT, "--max-examples", "15", "--seed", "1"]
            run += ["--phases", "examples,coverage,fuzzing", "--generation-deterministic", "--no-color"]
            run += ["-H", f"Cookie: {cookie}", "-H", f"X-CSRF-Token: {csrf}"]
            return subprocess.run(run, cwd=folder).returncode
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
