#!/bin/bash
# pyarrow 26.0.1 with pandas 3.1.1 beside it: making an array imports pandas.
# Behaviour: `pa.array(["a"])` and `pa.table({"n": [1]})`, given plain Python values, import pandas where it is
#   installed; to import pyarrow and pyarrow.parquet, to read CSV into a table, and to write it, do not.
# One would have guessed: that no pandas is loaded by code that never uses a pandas object.
# Why it matters here: the import takes longer than an extraction, so the program builds its tables from CSV.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip -q --disable-pip-version-check install pyarrow==26.0.1 pandas==3.1.1
loads() {  # does this line, behind the imports of pyarrow, load pandas?
  venv/bin/python -c "import io, sys, pyarrow as pa, pyarrow.csv as pc, pyarrow.parquet as pq
$1
print('pandas' in sys.modules)"
}
expect() {
  seen=$(loads "$2")
  printf '%-12s %s\n' "$seen" "$2"
  [ "$seen" = "$1" ]
}
expect False 'pass'
expect True 'pa.array(["a"])'
expect True 'pa.table({"n": [1]})'
expect False 'pq.write_table(pc.read_csv(io.BytesIO(b"n\n1\n")), io.BytesIO())'
