"""The chat commands of Heed, read as the server reads them."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import List, Optional, Sequence

_MAX_TAGS = 16
# What is not Unicode's White_Space; \s knows four characters more.
_WORD = re.compile("[^\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_NUMBERS = re.compile(r"[0-9]+(?:,[0-9]+)*,?")
_ANSWER = re.compile(r"@([1-9][0-9]?)")


@dataclass
class Command:
    """A message that speaks to Heed.

    kind: "rate" votes; "why" gives a reason and leaves the vote; "list" asks for
    the numbered tags; "fix" says what the answer should have been; "undo" takes
    everything back; "explain" wants "Why?" asked of the model; "literal" is text
    for the model.
    vote: "up" or "down" of "rate", else empty.
    answer: which answer it is about: 1 is the last, 2 the one before it.
    tags: without #, at most 17, one more than a feedback may have.
    picks: numbers of the tags that were listed, from 1.
    text: the reason, the correction, or what the model is to get.
    """

    kind: str
    vote: str = ""
    answer: int = 1
    tags: List[str] = field(default_factory=list)
    picks: List[int] = field(default_factory=list)
    text: str = ""


def parse_command(text: str, offered: int = 0) -> Optional[Command]:
    """Read a message of a chat: what it asks of Heed, or None, and then it is the model's.

    offered is how many numbered tags the line right before it listed; only then
    do numbers pick tags.
    """
    words = list(_WORD.finditer(text))
    word, rest = words[0].group() if words else "", words[1:]
    literal = _unescape(text, words)
    if literal is not None:
        return Command("literal", text=literal)
    command = Command("why")
    if word in ("/+", "/-"):
        command.kind, command.vote = "rate", "up" if word == "/+" else "down"
        _read(command, text, rest)
        return command
    if word == "/-why":
        command.kind, command.vote = "rate", "down"
        _read(command, text, _pick(command, rest, offered))
        return command if _says(command) else None
    if word == "/+why":
        _read(command, text, _pick(command, rest, offered))
        command.kind = "why" if _says(command) else "list"
        return command
    if word == "/+fix":
        command.kind = "fix"
        _read_correction(command, text, rest)
        return command if command.text else None
    if word == "/+undo":
        command.kind = "undo"
        _read(command, text, rest)
        return None if _says(command) else command
    if word == "/why":
        return None if rest else Command("explain")
    rest = _pick(command, words, offered)
    if not command.picks:
        return None
    _read(command, text, rest)
    return command


def _says(command: Command) -> bool:
    return bool(command.text or command.tags or command.picks)


def _unescape(text: str, words: Sequence[re.Match]) -> Optional[str]:
    word = words[0].group() if words else ""
    after = word.lstrip("/")
    if len(word) - len(after) < 2:
        return None
    if not after.startswith("+") and parse_command("/" + after + text[words[0].end() :]) is None:
        return None
    return text.replace("/", "", 1)


def _read(command: Command, text: str, words: Sequence[re.Match]) -> None:
    """Take tags and one @n off both ends; a tag in the middle counts, and stays."""
    front, back, answered = 0, len(words), False

    def mark(word: str) -> bool:
        nonlocal answered
        answer = None if answered else _ANSWER.fullmatch(word)
        if answer:
            command.answer, answered = int(answer.group(1)), True
        return answer is not None or _is_tag(word)

    while front < back and mark(words[front].group()):
        front += 1
    while front < back and mark(words[back - 1].group()):
        back -= 1
    _read_tags(command, words)
    command.text = text[words[front].start() : words[back - 1].end()] if front < back else ""


def _read_correction(command: Command, text: str, words: Sequence[re.Match]) -> None:
    """Read a correction, which may be code: tags stand at its end, @n at its beginning."""
    front, back = 0, len(words)
    answer = _ANSWER.fullmatch(words[0].group()) if words else None
    if answer:
        command.answer, front = int(answer.group(1)), 1
    while front < back and _is_tag(words[back - 1].group()):
        back -= 1
    _read_tags(command, words[back:])
    command.text = text[words[front].start() : words[back - 1].end()] if front < back else ""


def _read_tags(command: Command, words: Sequence[re.Match]) -> None:
    for word in words:
        tag = "".join(c.lower() if c.isascii() else c for c in _tag_in(word.group()))
        if tag and tag not in command.tags and len(command.tags) <= _MAX_TAGS:
            command.tags.append(tag)


def _pick(command: Command, words: Sequence[re.Match], offered: int) -> Sequence[re.Match]:
    """Take numbers of listed tags off the front."""
    picks: List[int] = []
    front = 0
    while offered > 0 and front < len(words) and _NUMBERS.fullmatch(words[front].group()):
        for number in filter(None, words[front].group().split(",")):
            if len(number) > 2 or number[0] == "0" or int(number) > offered:
                return words
            if int(number) not in picks:
                picks.append(int(number))
        front += 1
    command.picks = picks
    return words[front:]


def _is_tag(word: str) -> bool:
    return len(word) > 1 and len(_tag_in(word)) + 1 == len(word)


def _tag_in(word: str) -> str:
    """Return the tag that a word begins with, without its #."""
    if word[:1] != "#" or unicodedata.category(word[1:2] or " ")[0] != "L":
        return ""
    end = 1
    while end < len(word) and (word[end] in "_-" or unicodedata.category(word[end])[0] in "LMN"):
        end += 1
    if end < len(word) and word[end] < "\x80" and word[end] not in ".,;:!?)":
        return ""
    tag = word[1:end]
    return tag if len(tag.encode("utf-8")) <= 64 else ""
