"""Loads the files of a dataset with what they are for: Hugging Face's datasets, TRL, DuckDB.

    pip install datasets trl duckdb jsonschema      # trl's data utilities need no torch
    heed dataset export DATASET --out FOLDER
    python load.py FOLDER

The folder is what heed dataset export wrote: README.md names the files, as on the hub. It fails where something
cannot be loaded or is not what its documentation says.
"""
import json
import sys
from pathlib import Path

import duckdb
from datasets import get_dataset_config_names, load_dataset
from trl import extract_prompt, unpair_preference_dataset
from trl.data_utils import is_conversational

folder = Path(sys.argv[1]).resolve()
card = json.loads((folder / "card.json").read_text())
files = {f["format"]: f for f in card["version"]["files"]}
configs = get_dataset_config_names(str(folder))
assert set(configs) == {name for name, f in files.items() if f["rows"] and f["name"].endswith(".jsonl") and not name.endswith("-provenance")}, configs

loaded = {}
for name in [*configs, "csv", "parquet"]:
    here = name in configs  # what the card does not name is loaded by its kind
    rows = load_dataset(str(folder), name, split="train") if here else load_dataset(name, data_files=str(folder / files[name]["name"]), split="train")
    assert len(rows) == files[name]["rows"], (name, len(rows))
    loaded[name] = rows
    print(f"{name}: {len(rows)} rows, columns {', '.join(rows.column_names)}")

roles = lambda messages: [m["role"] for m in messages]
for name, answers in {"sft": ["completion"], "dpo": ["chosen", "rejected"], "kto": ["completion"]}.items():
    for row in loaded.get(name, []):
        assert is_conversational(row), (name, row)
        assert roles(row["prompt"])[-1] == "user" and all(roles(row[a]) == ["assistant"] for a in answers), (name, row)
        assert row["provenance"]["feedback_id"] and row["provenance"]["dataset_version"]
if "dpo" in loaded:
    shaped = loaded["dpo"].select_columns(["prompt", "chosen", "rejected"])
    unpaired = unpair_preference_dataset(shaped)
    assert set(unpaired.column_names) == {"prompt", "completion", "label"} and len(unpaired) == 2 * len(shaped)
    whole = {k: shaped[0]["prompt"] + shaped[0][k] for k in ("chosen", "rejected")}
    assert extract_prompt(whole)["prompt"] == shaped[0]["prompt"]
    print("TRL takes dpo apart:", unpaired)
if "kto" in loaded:
    assert {type(row["label"]) for row in loaded["kto"]} == {bool}

for name in ("openai", "openai-preference"):
    if name in files:
        lines, beside = ((folder / files[n]["name"]).read_text().splitlines() for n in (name, f"{name}-provenance"))
        assert len(lines) == len(beside) == files[name]["rows"]
        allowed = {"openai": {"messages"}, "openai-preference": {"input", "preferred_output", "non_preferred_output"}}[name]
        assert all(set(json.loads(line)) == allowed for line in lines)

db = duckdb.connect()
counts = {e: db.sql(f"SELECT count(*), count(DISTINCT feedback_id) FROM read_{f}('{folder / files[e]['name']}')").fetchall()[0] for e, f in {"parquet": "parquet", "csv": "csv"}.items()}
assert counts["parquet"] == counts["csv"] == (files["jsonl"]["rows"],) * 2, counts
print("DuckDB reads as many from Parquet as from CSV:", counts["parquet"][0], "rows;",
      [c[0] + " " + c[1] for c in db.sql(f"DESCRIBE SELECT * FROM '{folder / files['parquet']['name']}'").fetchall()][:12])
