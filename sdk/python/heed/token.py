"""Feedback tokens, made without asking a server."""

import base64
import hashlib
import hmac
import json
import time
from typing import Optional, Sequence

MAX_LIFETIME_S = 30 * 24 * 3600
_ACTS = ("rate", "comment", "attach")


def mint_token(
    secret_key: str,
    response_id: str,
    *,
    user: Optional[str] = None,
    response_time: Optional[int] = None,
    acts: Optional[Sequence[str]] = None,
    issued_at: Optional[int] = None,
    expires_in_s: int = 24 * 3600,
) -> str:
    """Make a token that lets whoever holds it rate one response.

    user is the person as your application knows them; the holder can read it, so
    let it be an opaque id. acts is out of rate, comment and attach, and everything
    where it is left out. Times are Unix seconds. Equal arguments make equal tokens.
    Raises ValueError for what no token may hold.
    """
    parts = secret_key.split("_")
    if len(parts) != 4 or parts[:2] != ["heed", "sk"]:
        raise ValueError("only a secret key (heed_sk_…) makes feedback tokens")
    if issued_at is None:
        issued_at = int(time.time())
    if not 0 < len(response_id.encode()) <= 256 or "\0" in response_id:
        raise ValueError("response_id must be 1 to 256 bytes without NUL")
    if user is not None and (len(user.encode()) > 256 or "\0" in user):
        raise ValueError("user must be at most 256 bytes without NUL")
    if not 0 < expires_in_s <= MAX_LIFETIME_S:
        raise ValueError("expires_in_s must be from 1 to 30 days")
    if acts is not None and (not acts or not set(acts) <= set(_ACTS)):
        raise ValueError("acts must be out of rate, comment and attach")
    claims = {"aud": "heed", "rid": response_id}
    if user:
        claims["sub"] = user
    if response_time is not None:
        claims["rat"] = response_time
    if acts is not None:
        claims["act"] = [act for act in _ACTS if act in acts]
    claims["iat"] = issued_at
    claims["exp"] = issued_at + expires_in_s
    signed = _part({"alg": "HS256", "typ": "JWT", "kid": parts[2]}) + b"." + _part(claims)
    key = hashlib.sha256(b"heed-token-v1:" + secret_key.encode()).digest()
    return (signed + b"." + _base64(hmac.new(key, signed, hashlib.sha256).digest())).decode()


def _part(value: dict) -> bytes:
    return _base64(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
