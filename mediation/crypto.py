"""What must not lie open in the database: encryption with a key of the house, and keyed hashes that can be searched."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, MultiFernet
from flask import current_app

# No 0/O, 1/I/L: people read these codes aloud over the telephone.
_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def _derive(purpose: str, key: str) -> bytes:
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).digest()


def _cipher() -> MultiFernet:
    cipher = current_app.extensions.get("mediation-cipher")
    if cipher is None:
        # Several keys, separated by commas: the first encrypts, all decrypt, so that a key can be changed.
        keys = current_app.config["DATA_KEY"].split(",")
        cipher = MultiFernet([Fernet(base64.urlsafe_b64encode(_derive("encrypt", key.strip()))) for key in keys])
        current_app.extensions["mediation-cipher"] = cipher
    return cipher


def encrypt(text: str) -> str:
    """`text`, unreadable without the key of the house."""
    return _cipher().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """The inverse of `encrypt`; raises cryptography's InvalidToken when the key is another one."""
    return _cipher().decrypt(text.encode()).decode()


def keyed_hash(text: str, purpose: str) -> str:
    """64 hexadecimal digits that stand for `text`: equal texts are found, none can be guessed without the key."""
    key = current_app.config["DATA_KEY"].split(",")[-1].strip()
    return hmac.new(_derive(purpose, key), text.strip().upper().encode(), hashlib.sha256).hexdigest()


def new_code(length: int) -> str:
    """A code that a person can read aloud and that nobody guesses (about five bits a letter)."""
    return "".join(secrets.choice(_CODE_LETTERS) for _ in range(length))
