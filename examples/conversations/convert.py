#!/usr/bin/env python3
"""Turn rated conversations into events for `heed import`.

    python3 convert.py conversations.jsonl > events.jsonl
    heed import events.jsonl

Needs Python 3.9 and nothing else. README.md says what becomes of what. Ids are
made from the conversation, so converting and importing again changes nothing.
What has no place in Heed is counted on stderr; no content ever is.
"""

import collections
import datetime
import hashlib
import json
import sys


def main(paths):
    skipped = collections.Counter()
    for path in paths or ["-"]:
        try:
            lines = sys.stdin if path == "-" else open(path, encoding="utf-8")
        except OSError as error:
            sys.exit(f"{path}: {error.strerror}")
        for number, line in enumerate(lines, 1):
            try:
                conversation = json.loads(line)
                converted = list(events(conversation, skipped))
            except (ValueError, KeyError, TypeError) as error:
                sys.exit(f"{path}, line {number}: not a conversation in the shape of README.md ({type(error).__name__})")
            for event in converted:
                print(json.dumps(event, ensure_ascii=False, separators=(",", ":")))
    for what, count in sorted(skipped.items()):
        print(f"left out: {count} × {what}", file=sys.stderr)


def events(conversation, skipped):
    """Yield the events of one conversation, responses before their feedback."""
    name = conversation["conversation_id"]
    time = started(conversation)
    for message in conversation["messages"]:
        rated = message.get("feedback") or []
        if message["role"] != "assistant" and not rated:
            continue
        response = {
            "type": "response",
            "response_id": f"{name}/{message['id']}",
            "conversation_id": name,
            "feature": conversation["dataset"],
            "operation": "chat",
            "status": "ok",
        }
        if conversation.get("model"):
            response["model"] = conversation["model"]
        if time:
            response["time"] = time
        yield response
        for number, item in enumerate(rated):
            for part, said in enumerate(feedback(item, skipped)):
                yield finish(said, response, f"{number}-{part}", item.get("rater"), time)
    for number, choice in enumerate(conversation.get("preferences") or []):
        better, worse = {"a": ("a", "b"), "b": ("b", "a")}.get(choice["preferred"], (None, None))
        if better is None:
            skipped["preference for neither"] += 1
            continue
        said = {"preferred_over": f"{name}/{choice[worse]}"}
        target = {"response_id": f"{name}/{choice[better]}"}
        yield finish(said, target, f"preference-{number}", None, time)
    for item in conversation.get("conversation_feedback") or []:
        skipped[f"{item['kind']} of a whole conversation"] += 1


def finish(said, response, part, rater, time):
    """Say whose feedback it is, on what, and when."""
    event = {"type": "feedback", "id": identity(response["response_id"], part), "response_id": response["response_id"], **said}
    if rater:
        event["user"] = rater
    if time:
        event["time"] = time
    return event


def identity(response_id, part):
    """Make an id of letters, digits, _ and -, the same for the same feedback."""
    return "cv_" + hashlib.sha256(f"{response_id}\n{part}".encode()).hexdigest()[:40]


def feedback(item, skipped):
    """Yield what one piece of feedback says, in Heed's words."""
    kind = item["kind"]
    if kind == "thumb":
        yield {"vote": "up" if item["value"] > 0 else "down"}
    elif kind in ("rating_label", "stars"):
        low, high = item["scale"]
        said = {"score": {"value": item["value"], "min": low, "max": high}}
        middle = (low + high) / 2
        if item["value"] != middle:
            said["vote"] = "up" if item["value"] > middle else "down"
        yield with_texts(said, item)
    elif kind == "thumb_count":
        for _ in range(item["up"]):
            yield {"vote": "up"}
        for _ in range(item["down"]):
            yield {"vote": "down"}
        for _ in range(item.get("red_flag", 0)):
            yield {"vote": "down", "tags": ["unsafe"]}
    elif kind == "span_errors":
        missing = {"incomplete"} if item.get("missing") else set()
        said = {"tags": sorted({tag(name) for name in item["tags"]} | missing)}
        if said["tags"]:
            said["vote"] = "down"
        yield with_texts(said, item)
    elif kind == "comment":
        yield with_texts({}, item)
    else:
        skipped[kind] += 1


def with_texts(said, item):
    for name in ("comment", "correction"):
        if item.get(name):
            said[name] = item[name]
    return said


def tag(name):
    """Map the error types of span annotations to Heed's tags."""
    known = {
        "Irrelevant": "not_asked",
        "Redundant": "style_format",
        "Repetitive": "style_format",
        "Incoherent": "style_format",
        "Unverifiable": "incorrect",
        "Wrong-Grounding": "incorrect",
    }
    return known.get(name, name.lower().replace(" ", "_").replace("-", "_")[:64])


def started(conversation):
    """Return when the conversation began, as RFC 3339, if it says so."""
    text = conversation.get("started_at")
    if not text:
        return None
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


if __name__ == "__main__":
    main(sys.argv[1:])
