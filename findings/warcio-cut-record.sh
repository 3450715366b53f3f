#!/bin/bash
# warcio 1.8.1: a WARC file that ends inside a record.
# Behaviour: the iterator gives the record with the part of its body that is there, and no error, even with
#   check_digests="raise": a digest is compared when Content-Length bytes have been read, and they never are.
# One would have guessed: an error, at least with check_digests="raise", which does find a changed byte.
# Why it matters here: an archive whose download broke off would give half a page as a whole capture, so the
#   program compares the length of what it read with Content-Length itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip -q --disable-pip-version-check install warcio==1.8.1
venv/bin/python - <<'END'
import io

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

body = b"<p>" + b"x" * 1000 + b"</p>"
file = io.BytesIO()
writer = WARCWriter(file, gzip=False)
head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
writer.write_record(
    writer.create_warc_record(
        "http://town.example/", "response", payload=io.BytesIO(body), http_headers=head
    )
)
whole = file.getvalue()


def read(content):
    """Give the length of the body that is read, or the name of the error."""
    try:
        records = ArchiveIterator(io.BytesIO(content), check_digests="raise")
        return [len(record.content_stream().read()) for record in records]
    except ArchiveLoadFailed as error:
        return type(error).__name__


seen = {
    "whole": read(whole),
    "a byte changed": read(whole.replace(b"xxx</p>", b"xyx</p>")),
    "cut inside the body": read(whole[:-600]),
}
print("has digests:", b"WARC-Payload-Digest" in whole, seen)
assert b"WARC-Payload-Digest" in whole
assert seen["whole"] == [len(body)]
assert seen["a byte changed"] not in ([len(body)], [])
assert isinstance(seen["cut inside the body"], list)
assert 0 < seen["cut inside the body"][0] < len(body)
END
