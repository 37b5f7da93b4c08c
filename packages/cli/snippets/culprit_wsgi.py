"""Records every request of a Python web application with Culprit. Standard library alone; Python 3.8 and later.

    from culprit_wsgi import CulpritWSGI
    application = CulpritWSGI(application)     # Django, Flask, Pyramid, any WSGI application

    from culprit_wsgi import CulpritASGI
    app = CulpritASGI(app)                     # Starlette, FastAPI, Django, any ASGI application

Each answered request is one small file in the agent's intake folder: CULPRIT_INTAKE, else /var/spool/culprit. If that
can't be done nothing happens: answers and exceptions pass through as they are.

The route is what the framework matched where it tells (Starlette, FastAPI), what the application puts into
environ["culprit.route"] or scope["culprit.route"], or the path without query string and ids.
"""

import json
import os
import re
import secrets
import time
from datetime import datetime, timezone

__all__ = ["CulpritWSGI", "CulpritASGI"]

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
# The agent knows routes better; here only what is plainly an id or may be a secret is left out.
_PLAINLY_VARIABLE = re.compile(r"[^/]*[\d%@ ][^/]*|[^/]{25,}")


class CulpritWSGI:
    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        request = _Request(environ.get("REQUEST_METHOD", "GET"), time.thread_time())
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")

        def observed_start(status, headers, exc_info=None):
            request.status = _status_of(status)
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        def finish(failed=False):
            request.finish(environ.get("culprit.route"), path, failed, time.thread_time())

        try:
            body = self.application(environ, observed_start)
        except BaseException:
            finish(failed=True)
            raise
        file_wrapper = environ.get("wsgi.file_wrapper")
        if isinstance(file_wrapper, type) and isinstance(body, file_wrapper):
            finish()  # the server sends the file itself, and knows it by its type
            return body
        return _Body(body, finish)


class _Body:
    """The application's answer as it is; the request is over when the server closes it."""

    def __init__(self, body, finish):
        self._body = body
        self._parts = None
        self._finish = finish

    def __iter__(self):
        self._parts = iter(self._body)
        return self

    def __next__(self):
        try:
            return next(self._parts)
        except StopIteration:
            raise
        except BaseException:
            self._end(failed=True)
            raise

    def __len__(self):
        return len(self._body)

    def close(self):
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._end()

    def _end(self, failed=False):
        finish, self._finish = self._finish, None
        if finish is not None:
            finish(failed)


class CulpritASGI:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope.get("type") != "http":
            return await self.app(scope, receive, send)
        request = _Request(scope.get("method", "GET"))

        async def observed_send(message):
            if message.get("type") == "http.response.start":
                request.status = message.get("status")
            await send(message)

        failed = True
        try:
            await self.app(scope, receive, observed_send)
            failed = False
        finally:
            said = scope.get("culprit.route") or getattr(scope.get("route"), "path", None)
            request.finish(said, scope.get("path", "/"), failed)


class _Request:
    def __init__(self, method, cpu=None):
        self.method = method
        self.status = None
        self.started_at = time.time()
        self.cpu = cpu

    def finish(self, said, path, failed, cpu=None):
        """Never raises."""
        try:
            route = said if isinstance(said, str) else _PLAINLY_VARIABLE.sub("{}", path[:1000].split(";", 1)[0])
            status = self.status
            run = {
                "kind": "web",
                "process": "%s /%s" % (self.method, route.lstrip("/")),
                "startedAt": _instant(self.started_at),
                "endedAt": _instant(time.time()),
                "outcome": "failed" if failed or (status or 0) >= 500 else "ok",
                "pid": os.getpid(),
            }
            if status is not None:
                run["attributes"] = {"http.response.status_code": status}
            if cpu is not None and self.cpu is not None and cpu >= self.cpu:
                run["cpuSeconds"] = round(cpu - self.cpu, 6)
            _write(json.dumps(run) + "\n")
        except Exception:
            pass


def _write(text):
    folder = os.environ.get("CULPRIT_INTAKE") or "/var/spool/culprit"
    descriptor = os.open(os.path.join(folder, secrets.token_hex(16) + ".end"), _FLAGS, 0o644)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _instant(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _status_of(text):
    try:
        return int(text[:3])
    except (TypeError, ValueError):
        return None
