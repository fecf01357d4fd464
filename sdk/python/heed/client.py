"""Calls to a Heed server."""

import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from typing import Any, Dict, Iterable, Optional


class HeedError(Exception):
    """What the server refused: code is of Heed's closed list, status is HTTP's."""

    def __init__(self, message: str, code: str = "unavailable", status: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class Heed:
    """A client with a secret key. Safe to share between threads.

    Every call is tried again, with the same Idempotency-Key, when the server
    cannot be reached or says that this passes (429, 502, 503, 504), up to
    attempts times; timeout_s bounds each try.
    """

    def __init__(self, url: str, key: str, *, timeout_s: float = 10, attempts: int = 4) -> None:
        self._url = url.rstrip("/")
        self._key = key
        self._timeout_s = timeout_s
        self._attempts = attempts

    def feedback(self, **feedback: Any) -> Dict[str, Any]:
        """Give, change or take back feedback, durable when this returns.

        Takes the fields of POST /v1/feedback: response_id (or trace_id), vote, score,
        tags, comment, correction, preferred_over, user, surface, time, id. A field that
        is left out stays as it was; None clears it. Returns the state.
        """
        return self._call("POST", "/v1/feedback", feedback)

    def retract(self, feedback_id: str) -> Dict[str, Any]:
        """Take back vote, score, tags and texts."""
        return self._call("DELETE", "/v1/feedback/" + urllib.parse.quote(feedback_id, safe=""))

    def events(self, events: Iterable[Dict[str, Any]]) -> Dict[str, Any]:
        """Send up to 10,000 events. Returns accepted, and rejected with reasons.

        An event has a type: response, feedback, signal or change.
        """
        return self._call("POST", "/v1/events", {"events": list(events)})

    def response(self, response_id: str, **facts: Any) -> None:
        """Tell how an answer went: model, duration_ms, status, error_type and so on."""
        answer = self.events([{"type": "response", "response_id": response_id, **facts}])
        for rejected in answer["rejected"]:
            raise HeedError(rejected["message"], rejected["code"], 400)

    def get(self, path: str, **query: Any) -> Dict[str, Any]:
        """Read, such as get("/v1/stats", by="model"). A list repeats its name."""
        return self._call("GET", path + ("?" + urllib.parse.urlencode(query, doseq=True) if query else ""))

    def _call(self, method: str, path: str, body: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        headers = {"Authorization": "Bearer " + self._key, "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = uuid.uuid4().hex
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        request = urllib.request.Request(self._url + path, data, headers, method=method)
        wait = 0.2
        for attempt in range(1, self._attempts + 1):
            try:
                with urllib.request.urlopen(request, timeout=self._timeout_s) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as refusal:
                error = _error_of(refusal)
                if refusal.code not in (429, 502, 503, 504):
                    raise error from None
                after = float(refusal.headers.get("Retry-After") or 0)
            except (urllib.error.URLError, OSError) as failure:
                error, after = HeedError(f"no answer from {self._url}: {getattr(failure, 'reason', failure)}"), 0.0
            if attempt == self._attempts:
                raise error from None
            time.sleep(max(after, wait * (0.5 + random.random())))
            wait *= 2
        raise AssertionError("attempts must be at least 1")


def _error_of(refusal: urllib.error.HTTPError) -> HeedError:
    try:
        problem = json.load(refusal)
        return HeedError(problem["detail"], problem["code"], refusal.code)
    except (ValueError, KeyError, TypeError):
        return HeedError(f"{refusal.code} from something that is no Heed", "internal", refusal.code)
