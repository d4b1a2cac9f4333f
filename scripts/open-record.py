#!/usr/bin/env python3
"""Opens the identity record of a sealed photo as docs/formats.md describes it, sharing no code with us.

usage: open-record.py OPENING-KEYS PHOTO
Prints the record as JSON. Exit 0: genuine and unchanged; 1: refused; 77: the package `cryptography` is missing.
"""

import base64
import hashlib
import json
import sys
import uuid

try:
    from cryptography.exceptions import InvalidSignature, InvalidTag
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
except ImportError:
    print("the Python package `cryptography` is missing: pip install cryptography", file=sys.stderr)
    sys.exit(77)

PURPOSE = b"xueying-record-1/modern"
SUITE_LABEL = -65537


class Refused(Exception):
    pass


def cbor(data, at=0):
    """One CBOR item and where it ends (RFC 8949); definite lengths only."""
    major, short = data[at] >> 5, data[at] & 31
    at += 1
    if short < 24:
        number = short
    elif short <= 27:
        size = 1 << (short - 24)
        number = int.from_bytes(data[at : at + size], "big")
        at += size
    else:
        raise Refused("indefinite length")
    if major == 0:
        return number, at
    if major == 1:
        return -1 - number, at
    if major in (2, 3):
        chunk = bytes(data[at : at + number])
        return (chunk if major == 2 else chunk.decode()), at + number
    if major == 4:
        items = []
        for _ in range(number):
            item, at = cbor(data, at)
            items.append(item)
        return items, at
    if major == 5:
        pairs = {}
        for _ in range(number):
            key, at = cbor(data, at)
            pairs[key], at = cbor(data, at)
        return pairs, at
    if major == 6:
        item, at = cbor(data, at)
        return (number, item), at
    raise Refused("unexpected simple value")


def whole(data):
    item, end = cbor(data)
    if end != len(data):
        raise Refused("bytes after the object")
    return item


def head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    if number < 256:
        return bytes([major << 5 | 24, number])
    return bytes([major << 5 | 25]) + number.to_bytes(2, "big")


def structure(context, *chunks):
    """Sig_structure and Enc_structure (RFC 9052 §4.4 and §5.3)."""
    text = head(4, 1 + len(chunks)) + head(3, len(context)) + context.encode()
    return text + b"".join(head(2, len(chunk)) + chunk for chunk in chunks)


def read_keys(path):
    keys = {"makers": {}}
    for line in open(path, encoding="utf-8"):
        words = line.split()
        if words[:1] == ["record-key"]:
            keys["record"] = (words[1], base64.b64decode(words[2]))
        if words[:1] == ["maker"]:
            keys["makers"][words[1]] = base64.b64decode(words[2])
        if words[:1] == ["campaign"]:
            keys["campaign"] = words[1]
    return keys


def comments(photo):
    """Every COM segment in front of the first scan."""
    at, found = 2, []
    while photo[at + 1] != 0xDA:
        length = int.from_bytes(photo[at + 2 : at + 4], "big")
        if photo[at + 1] == 0xFE:
            found.append((at, at + 2 + length))
        at += 2 + length
    return found


def open_record(keys, photo):
    found = comments(photo)
    if len(found) != 1:
        raise Refused(f"{len(found)} comment segments")
    start, end = found[0]
    text = photo[start + 4 : end].decode("ascii")
    if not text.startswith("XY1R:"):
        raise Refused("another comment")
    sealed = base64.b64decode(text[5:] + "=" * (-len(text[5:]) % 4), validate=True)

    tag, (protected, unprotected, ciphertext) = whole(sealed)
    outer = whole(protected)
    record_id, record_key = keys["record"]
    if tag != 16 or outer != {1: 24, 4: bytes.fromhex(record_id), SUITE_LABEL: 1}:
        raise Refused("another key or suite")
    aad = structure("Encrypt0", protected, PURPOSE)
    signed = ChaCha20Poly1305(record_key).decrypt(unprotected[5], ciphertext, aad)

    tag, (protected, unprotected, body, signature) = whole(signed)
    inner = whole(protected)
    if tag != 18 or inner[1] != -8 or unprotected != {}:
        raise Refused("not a signed object")
    maker = inner[4].hex()
    if maker not in keys["makers"]:
        raise Refused("unknown maker")
    public = Ed25519PublicKey.from_public_bytes(keys["makers"][maker])
    public.verify(signature, structure("Signature1", protected, PURPOSE, body))

    version, student, campaign, shot, made_at_ms, station, digest = whole(body)
    if campaign != keys["campaign"]:
        raise Refused("another campaign")
    if hashlib.sha256(photo[:start] + photo[end:]).digest() != digest:
        raise Refused("the photo is not the one that was sealed")
    return {
        "suite": outer[SUITE_LABEL],
        "version": version,
        "student": student,
        "campaign": campaign,
        "shot": str(uuid.UUID(bytes=shot)),
        "made_at_ms": made_at_ms,
        "station": station,
        "maker": maker,
    }


def main():
    keys = read_keys(sys.argv[1])
    photo = open(sys.argv[2], "rb").read()
    try:
        print(json.dumps(open_record(keys, photo), ensure_ascii=False))
    except (Refused, InvalidTag, InvalidSignature, ValueError, IndexError, KeyError, TypeError) as why:
        print(f"refused: {type(why).__name__}: {why}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main()
