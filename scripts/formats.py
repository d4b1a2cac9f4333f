#!/usr/bin/env python3
"""Opens and makes our objects as docs/formats.md describes them, sharing no code with the program.

usage: formats.py open-record KEYS PHOTO
       formats.py make-record KEYS PHOTO OUT STUDENT SHOT MADE-AT-MS STATION
       formats.py open-code KEYS TEXT
       formats.py make-code KEYS STUDENT MASKED-NAME TAIL SCHOOL LEVEL ISSUED-S EXPIRES-S
       formats.py open-packet KEYS PACKET FOLDER
       formats.py make-packet KEYS FILE OUT
What was opened is printed as JSON. Exit 0: genuine; 1: refused; 77: a Python package is missing.
"""

import base64
import hashlib
import json
import os
import sys
import uuid

try:
    from cryptography.exceptions import InvalidSignature, InvalidTag
    from cryptography.hazmat.primitives import hashes, hmac, hpke
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from gmssl import sm2
except ImportError as missing:
    print(f"{missing}: pip install -r scripts/requirements-tests.txt", file=sys.stderr)
    sys.exit(77)

SUITE_LABEL = -65537


class Refused(Exception):
    pass


# Suites


HPKE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


class Modern:
    number, name, signature, cipher, key_bytes, hash = 1, b"modern", -8, 24, 32, hashes.SHA256()

    @staticmethod
    def wrap(public, info, key):
        return HPKE.encrypt(key, X25519PublicKey.from_public_bytes(public), info)

    @staticmethod
    def unwrap(secret, info, wrapped):
        return HPKE.decrypt(wrapped, X25519PrivateKey.from_private_bytes(secret), info)

    @staticmethod
    def digest(data):
        return hashlib.sha256(data).digest()

    @staticmethod
    def public(secret):
        public = Ed25519PrivateKey.from_private_bytes(secret).public_key()
        return public.public_bytes(Encoding.Raw, PublicFormat.Raw)

    @staticmethod
    def sign(secret, message):
        return Ed25519PrivateKey.from_private_bytes(secret).sign(message)

    @staticmethod
    def verify(public, message, signature):
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)

    @staticmethod
    def encrypt(key, nonce, aad, plain):
        return ChaCha20Poly1305(key).encrypt(nonce, plain, aad)

    @staticmethod
    def decrypt(key, nonce, aad, sealed):
        return ChaCha20Poly1305(key).decrypt(nonce, sealed, aad)


def sm2_key(secret=b"", public=b""):
    """The class strips zeros and fours from the front of a public key that it is given, so it is set afterwards."""
    key = sm2.CryptSM2(private_key=secret.hex(), public_key="", mode=1)
    key.public_key = public[1:].hex()
    return key


class Gm:
    number, name, signature, cipher, key_bytes, hash = 2, b"gm", -65538, -65539, 16, hashes.SM3()

    @staticmethod
    def wrap(public, info, key):
        return b"\x04" + sm2_key(public=public).encrypt(key)

    @staticmethod
    def unwrap(secret, info, wrapped):
        key = sm2_key(secret).decrypt(wrapped[1:])
        if not key:
            raise Refused("the key does not unwrap")
        return key

    @staticmethod
    def digest(data):
        digest = hashes.Hash(hashes.SM3())
        digest.update(data)
        return digest.finalize()

    @staticmethod
    def public(secret):
        key = sm2_key()
        return b"\x04" + bytes.fromhex(key._kg(int(secret.hex(), 16), key.ecc_table["g"]))

    @staticmethod
    def sign(secret, message):
        return bytes.fromhex(sm2_key(secret, Gm.public(secret)).sign_with_sm3(message))

    @staticmethod
    def verify(public, message, signature):
        if len(signature) != 64 or not sm2_key(public=public).verify_with_sm3(signature.hex(), message):
            raise InvalidSignature

    @staticmethod
    def encrypt(key, nonce, aad, plain):
        cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        cipher.authenticate_additional_data(aad)
        return cipher.update(plain) + cipher.finalize() + cipher.tag

    @staticmethod
    def decrypt(key, nonce, aad, sealed):
        cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce, sealed[-16:])).decryptor()
        cipher.authenticate_additional_data(aad)
        return cipher.update(sealed[:-16]) + cipher.finalize()


SUITES = {"modern": Modern, "gm": Gm}


# CBOR (RFC 8949), definite lengths and shortest heads only


def decode(data, at=0):
    """One item and where it ends."""
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
            item, at = decode(data, at)
            items.append(item)
        return items, at
    if major == 5:
        pairs = {}
        for _ in range(number):
            key, at = decode(data, at)
            pairs[key], at = decode(data, at)
        return pairs, at
    if major == 6:
        item, at = decode(data, at)
        return (number, item), at
    raise Refused("unexpected simple value")


def whole(data):
    item, end = decode(data)
    if end != len(data):
        raise Refused("bytes after the object")
    return item


def head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    for short, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * size):
            return bytes([major << 5 | short]) + number.to_bytes(size, "big")
    raise ValueError(number)


def encode(item):
    if isinstance(item, int):
        return head(0, item) if item >= 0 else head(1, -1 - item)
    if isinstance(item, bytes):
        return head(2, len(item)) + item
    if isinstance(item, str):
        return head(3, len(item.encode())) + item.encode()
    if isinstance(item, list):
        return head(4, len(item)) + b"".join(map(encode, item))
    if isinstance(item, dict):
        pairs = sorted((encode(key), encode(value)) for key, value in item.items())
        return head(5, len(item)) + b"".join(key + value for key, value in pairs)
    tag, inner = item
    return head(6, tag) + encode(inner)


# The two layers (RFC 9052)


def sign(suite, secret, protected, purpose, body):
    protected = encode(protected)
    message = encode(["Signature1", protected, purpose, body])
    return encode((18, [protected, {}, body, suite.sign(secret, message)]))


def signed(data):
    tag, (protected, unprotected, body, signature) = whole(data)
    if tag != 18 or unprotected != {}:
        raise Refused("not a signed object")
    return protected, body, signature


def verified(suite, public, data, expected, purpose):
    protected, body, signature = signed(data)
    if whole(protected) != expected:
        raise Refused("another signer")
    suite.verify(public, encode(["Signature1", protected, purpose, body]), signature)
    return body


def hide(suite, key, protected, nonce, purpose, plain):
    protected = encode(protected)
    aad = encode(["Encrypt0", protected, purpose])
    return encode((16, [protected, {5: nonce}, suite.encrypt(key, nonce, aad, plain)]))


def shown(suite, key, data, expected, purpose):
    """What is inside, and the nonce."""
    tag, (protected, unprotected, ciphertext) = whole(data)
    if tag != 16 or whole(protected) != expected:
        raise Refused("another key or suite")
    aad = encode(["Encrypt0", protected, purpose])
    return suite.decrypt(key, unprotected[5], aad, ciphertext), unprotected[5]


# Key files


def read_keys(path):
    keys = {"makers": {}, "stations": {}}
    for line in open(path, encoding="utf-8"):
        words = line.split()
        if words[:1] == ["suite"]:
            keys["suite"] = SUITES[words[1]]
        elif words[:1] == ["campaign"]:
            keys["campaign"] = words[1]
        elif words[:1] == ["maker"]:
            keys["makers"][bytes.fromhex(words[1])] = base64.b64decode(words[2])
        elif words[:1] == ["station"]:
            keys["stations"][bytes.fromhex(words[1])] = base64.b64decode(words[2])
        elif len(words) == 3 and not words[0].startswith("#"):
            keys[words[0]] = (bytes.fromhex(words[1]), base64.b64decode(words[2]))
    return keys


# Identity records


def comments(photo):
    """Every COM segment in front of the first scan, and where the last APPn ends."""
    at, found, place = 2, [], 2
    while photo[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(photo[at + 2 : at + 4], "big")
        if photo[at + 1] == 0xFE:
            found.append((at, end))
        if photo[at + 1] & 0xF0 == 0xE0:
            place = end
        at = end
    return found, place


def record_headers(suite, record_id):
    return {1: suite.cipher, 4: record_id, SUITE_LABEL: suite.number}, b"xueying-record-1/" + suite.name


def open_record(keys, photo):
    suite = keys["suite"]
    found, place = comments(photo)
    if len(found) != 1 or found[0][0] != place:
        raise Refused(f"comment segments at {found}")
    start, end = found[0]
    text = photo[start + 4 : end].decode("ascii")
    if not text.startswith("XY1R:"):
        raise Refused("another comment")
    sealed = base64.b64decode(text[5:] + "=" * (-len(text[5:]) % 4), validate=True)

    record_id, record_key = keys["record-key"]
    header, purpose = record_headers(suite, record_id)
    inside, _ = shown(suite, record_key, sealed, header, purpose)
    maker = whole(signed(inside)[0])[4]
    if maker not in keys["makers"]:
        raise Refused("unknown maker")
    body = verified(suite, keys["makers"][maker], inside, {1: suite.signature, 4: maker}, purpose)

    version, student, campaign, shot, made_at_ms, station, digest = whole(body)
    if campaign != keys["campaign"]:
        raise Refused("another campaign")
    if suite.digest(photo[:start] + photo[end:]) != digest:
        raise Refused("the photo is not the one that was sealed")
    return {
        "suite": header[SUITE_LABEL],
        "version": version,
        "student": student,
        "campaign": campaign,
        "shot": str(uuid.UUID(bytes=shot)),
        "made_at_ms": made_at_ms,
        "station": station,
        "maker": maker.hex(),
    }


def make_record(keys, photo, student, shot, made_at_ms, station):
    suite = keys["suite"]
    found, place = comments(photo)
    if found:
        raise Refused("the photo has a comment")
    shot = uuid.UUID(shot).bytes
    body = encode([1, student, keys["campaign"], shot, int(made_at_ms), station, suite.digest(photo)])
    record_id, record_key = keys["record-key"]
    maker_id, maker_key = keys["maker-key"]
    header, purpose = record_headers(suite, record_id)
    inside = sign(suite, maker_key, {1: suite.signature, 4: maker_id}, purpose, body)
    sealed = hide(suite, record_key, header, os.urandom(12), purpose, inside)
    text = b"XY1R:" + base64.b64encode(sealed).rstrip(b"=")
    segment = b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text
    return photo[:place] + segment + photo[place:]


# Collection codes

BASE45 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def base45_encode(data):
    text = bytearray()
    for at in range(0, len(data) - 1, 2):
        number = data[at] << 8 | data[at + 1]
        text += bytes([BASE45[number % 45], BASE45[number // 45 % 45], BASE45[number // 2025]])
    if len(data) % 2:
        text += bytes([BASE45[data[-1] % 45], BASE45[data[-1] // 45]])
    return text.decode()


def base45_decode(text):
    digits, data = [BASE45.index(letter) for letter in text.encode()], bytearray()
    for at in range(0, len(digits), 3):
        group = digits[at : at + 3]
        number = sum(digit * 45**place for place, digit in enumerate(group))
        data += number.to_bytes(2 if len(group) == 3 else 1, "big")
    return bytes(data)


def code_purpose(keys):
    return b"xueying-code-1/" + keys["suite"].name + b"/" + keys["campaign"].encode()


def mac(suite, key, data):
    code = hmac.HMAC(key, suite.hash)
    code.update(data)
    return code.finalize()


def fingerprint(keys, text):
    return mac(keys["suite"], keys["fingerprint-key"][1], b"xueying-fingerprint-1/" + text.encode())


def open_code(keys, text):
    suite, purpose = keys["suite"], code_purpose(keys)
    if not text.startswith("XY1:") or "XY1:" + base45_encode(base45_decode(text[4:])) != text:
        raise Refused("not a code")
    code_id, code_key = keys["code-key"]
    inside, nonce = shown(suite, code_key, base45_decode(text[4:]), {1: suite.cipher, 4: code_id}, purpose)
    body = verified(suite, keys["issuer"][1], inside, {1: suite.signature}, purpose)
    version, student, name, tail, school, level, issued_s, expires_s = whole(body)
    return {
        "id": nonce.hex(),
        "version": version,
        "student": student,
        "name": name,
        "tail": tail,
        "school": school,
        "level": level,
        "issued_s": issued_s,
        "expires_s": expires_s,
        "fingerprint": fingerprint(keys, text).hex(),
    }


def make_code(keys, student, name, tail, school, level, issued_s, expires_s):
    suite, purpose = keys["suite"], code_purpose(keys)
    body = encode([1, student, name, tail, school, int(level), int(issued_s), int(expires_s)])
    inside = sign(suite, keys["issuer-key"][1], {1: suite.signature}, purpose, body)
    code_id, code_key = keys["code-key"]
    hidden = hide(suite, code_key, {1: suite.cipher, 4: code_id}, os.urandom(12), purpose, inside)
    return "XY1:" + base45_encode(hidden)


# Packets

PIECE = 65536


def frames(data):
    """All frames before the empty one, where they end, and the signature."""
    if data[:5] != b"XYPK\x01":
        raise Refused("not a packet")
    at, found = 5, []
    while True:
        length = int.from_bytes(data[at : at + 4], "big")
        if length == 0:
            break
        found.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    length = int.from_bytes(data[at + 4 : at + 8], "big")
    if at + 8 + length != len(data):
        raise Refused("the packet is cut off or goes on")
    return found, at, data[at + 8 :]


def piece_nonce(prefix, number, is_last):
    return prefix + number.to_bytes(4, "big") + bytes([is_last])


def counted(data):
    return len(data).to_bytes(4, "big") + data


def open_packet(keys, data):
    suite = keys["suite"]
    (header, *pieces), end, signature = frames(data)
    number, station, receivers, commitment, prefix = whole(header)
    if number != suite.number:
        raise Refused("another suite")
    packet_id = suite.digest(data[:end])
    expected, purpose = {1: suite.signature, 4: station}, b"xueying-packet-1/" + suite.name
    if verified(suite, keys["stations"][station], signature, expected, purpose) != packet_id:
        raise Refused("the signature is of another packet")
    centre_id, centre_key = keys["centre-key"]
    key = suite.unwrap(centre_key, purpose, dict(receivers)[centre_id])
    if mac(suite, key, b"xueying-packet-1/commitment") != commitment:
        raise Refused("another content key")
    before, content = suite.digest(data[: 5 + 4 + len(header)]), b""
    for number, piece in enumerate(pieces):
        nonce = piece_nonce(prefix, number, number == len(pieces) - 1)
        content += suite.decrypt(key, nonce, before, piece)

    length = int.from_bytes(content[:4], "big")
    front, at, files, digests = whole(content[4 : 4 + length]), 4 + length, {}, b""
    for _, name, size in front[4]:
        files[name] = content[at : at + size]
        digests += suite.digest(files[name])
        at += size
    if content[at:] != counted(digests):
        raise Refused("digests")
    said = {"id": packet_id.hex(), "campaign": front[1], "rules": front[2], "number": front[3][2]}
    return said, files


def make_packet(keys, name, file):
    suite, purpose = keys["suite"], b"xueying-packet-1/" + keys["suite"].name
    station_id, station_key = keys["station-key"]
    key, prefix = os.urandom(suite.key_bytes), os.urandom(7)
    centre_id, centre = keys["centre"]
    commitment = mac(suite, key, b"xueying-packet-1/commitment")
    receivers = [[centre_id, suite.wrap(centre, purpose, key)]]
    data = b"XYPK\x01" + counted(encode([suite.number, station_id, receivers, commitment, prefix]))
    entry = [uuid.uuid4().bytes, 1, "2-0137", "2", "op-7", 1804815665250, 1804815700000, bytes(32), bytes(32)]
    front = encode([1, keys["campaign"], "jbz-2017-99 1", entry, [[1, name, len(file)]]])
    content = counted(front) + file + counted(suite.digest(file))
    before, pieces = suite.digest(data), [content[at : at + PIECE] for at in range(0, len(content), PIECE)]
    for number, piece in enumerate(pieces):
        nonce = piece_nonce(prefix, number, number == len(pieces) - 1)
        data += counted(suite.encrypt(key, nonce, before, piece))
    signature = sign(suite, station_key, {1: suite.signature, 4: station_id}, purpose, suite.digest(data))
    return data + bytes(4) + counted(signature)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def run(command, keys, *arguments):
    keys = read_keys(keys)
    if command == "open-record":
        print(json.dumps(open_record(keys, read(arguments[0])), ensure_ascii=False))
    elif command == "make-record":
        photo, out, *identity = arguments
        write(out, make_record(keys, read(photo), *identity))
    elif command == "open-packet":
        said, files = open_packet(keys, read(arguments[0]))
        for name, data in files.items():
            write(os.path.join(arguments[1], os.path.basename(name)), data)
        print(json.dumps(said, ensure_ascii=False))
    elif command == "make-packet":
        file, out = arguments
        write(out, make_packet(keys, os.path.basename(file), read(file)))
    elif command == "open-code":
        print(json.dumps(open_code(keys, *arguments), ensure_ascii=False))
    elif command == "make-code":
        print(make_code(keys, *arguments), end="")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    try:
        run(*sys.argv[1:])
    except (Refused, InvalidTag, InvalidSignature, ValueError, IndexError, KeyError, TypeError) as why:
        print(f"refused: {type(why).__name__}: {why}", file=sys.stderr)
        sys.exit(1)
