"""Client of Heed: feedback, events and feedback tokens. Standard library only.

    from heed import Heed, mint_token

    heed = Heed("http://127.0.0.1:8080", "heed_sk_…")
    heed.feedback(response_id="chatcmpl-1", vote="down", tags=["incorrect"], user="u-42")
    token = mint_token("heed_sk_…", "chatcmpl-1", user="u-42")   # no call is made
"""

from .client import Heed, HeedError
from .command import Command, parse_command
from .token import mint_token

__all__ = ["Command", "Heed", "HeedError", "mint_token", "parse_command"]
