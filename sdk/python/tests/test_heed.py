"""Tests against the shared vectors and, where HEED_URL and HEED_KEY say, a real server."""

import dataclasses
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from heed import Heed, HeedError, mint_token, parse_command  # noqa: E402

SHARED = pathlib.Path(__file__).parents[3] / "schema" / "vectors"


def vectors(name):
    return json.loads((SHARED / name).read_text(encoding="utf-8"))


class Tokens(unittest.TestCase):
    def test_vectors(self):
        minted = 0
        for vector in vectors("tokens.json"):
            if not vector["minted"]:
                continue
            minted += 1
            claims = vector["claims"]
            token = mint_token(
                vector["secret_key"],
                claims["rid"],
                user=claims.get("sub"),
                response_time=claims.get("rat"),
                acts=claims.get("act"),
                issued_at=claims["iat"],
                expires_in_s=claims["exp"] - claims["iat"],
            )
            self.assertEqual(token, vector["token"], vector["name"])
        self.assertGreater(minted, 5)

    def test_refusals(self):
        key = "heed_sk_Vectors1_ForTestVectorsOnlyNeverInService34mXXU"
        for arguments in (
            ("heed_pk_Vectors1_x", "r"),
            (key, ""),
            (key, "r" * 257),
            (key, "a\0b"),
        ):
            with self.assertRaises(ValueError):
                mint_token(*arguments)
        for options in ({"expires_in_s": 0}, {"expires_in_s": 30 * 86400 + 1}, {"acts": ["read"]}, {"user": "u" * 257}):
            with self.assertRaises(ValueError):
                mint_token(key, "r", **options)


class Commands(unittest.TestCase):
    def test_vectors(self):
        self.assertGreater(len(vectors("command.json")), 100)
        for vector in vectors("command.json"):
            command = parse_command(vector["text"], vector["offered"])
            self.assertEqual(command and dataclasses.asdict(command), vector["command"], vector["name"])


@unittest.skipUnless("HEED_URL" in os.environ, "HEED_URL names no server")
class Server(unittest.TestCase):
    def setUp(self):
        self.heed = Heed(os.environ["HEED_URL"], os.environ["HEED_KEY"])

    def test_walk(self):
        self.heed.response("py-1", model="m-1", status="ok", duration_ms=12.5)
        state = self.heed.feedback(response_id="py-1", vote="down", tags=["incorrect"], comment="no", user="u-1")
        self.assertEqual((state["vote"], state["has_comment"], state["bound"]), ("down", True, True))
        state = self.heed.feedback(response_id="py-1", comment=None, user="u-1")
        self.assertEqual((state["vote"], state["has_comment"]), ("down", False))
        self.assertEqual(self.heed.retract(state["id"])["vote"], "none")
        answer = self.heed.events([{"type": "signal", "response_id": "py-1", "name": "copied"}, {"type": "nonsense"}])
        self.assertEqual((answer["accepted"], answer["rejected"][0]["index"]), (1, 1))
        self.assertIn("groups", self.heed.get("/v1/stats", by="model", vote=["up", "down"]))

    def test_token(self):
        token = mint_token(os.environ["HEED_KEY"], "py-2", user="u-2")
        self.assertEqual(Heed(os.environ["HEED_URL"], token).feedback(vote="up")["trust"], "token")

    def test_errors(self):
        with self.assertRaises(HeedError) as caught:
            self.heed.feedback(response_id="py-1", vote="sideways")
        self.assertEqual((caught.exception.code, caught.exception.status), ("invalid", 400))
        with self.assertRaises(HeedError) as caught:
            Heed("http://127.0.0.1:1", "heed_sk_x", attempts=1).feedback(response_id="r")
        self.assertEqual((caught.exception.code, caught.exception.status), ("unavailable", 0))


if __name__ == "__main__":
    unittest.main()
