"""API keys: who may ask. A small file holds what is known of each, but not the key itself.

A key is ``cq_``, its id, ``_`` and 256 random bits. The id stands in lists and logs and is no secret; what is stored is
the SHA-256 of the whole. A slow hash such as scrypt protects passwords, which can be guessed; 256 random bits cannot,
and a slow hash would cost every request more than its answer does, and hand anyone without a key a way to keep the
server busy.

The server only reads the file, and again whenever it changed, so that a revoked key ends at once. Where the file is
gone or cannot be read, nobody comes in.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import logging
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from corpus.errors import ClauseqaError

FORMAT = 1
PREFIX = "cq_"
LONGEST_NAME = 100
_NOBODY = "0" * 64  # a digest that no key has
_log = logging.getLogger("clauseqa")


class KeysError(ClauseqaError):
    """The keys cannot be read, written or changed as wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What is kept of a key. ``created`` and ``revoked`` are times in UTC, as ISO 8601 writes them."""

    id: str
    name: str
    created: str
    sha256: str
    revoked: str | None = None


class Made(NamedTuple):
    """A new key, and the secret to hand to whoever shall use it; it cannot be had again."""

    key: Key
    secret: str


def make(name: str, now: datetime) -> Made:
    """A new key called ``name``."""
    id_ = secrets.token_hex(4)
    secret = f"{PREFIX}{id_}_{secrets.token_urlsafe(32)}"
    return Made(Key(id=id_, name=name, created=_when(now), sha256=digest(secret)), secret)


def digest(secret: str) -> str:
    """What is stored of a key: its SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def id_in(secret: str) -> str:
    """The id that ``secret`` says it has.

    >>> id_in("cq_1a2b3c4d_secret")
    '1a2b3c4d'
    """
    return secret.removeprefix(PREFIX).partition("_")[0]


def matching(keys: Sequence[Key], secret: str) -> Key | None:
    """The key that ``secret`` is, if it is one and not revoked. How long this takes tells nothing of the digests."""
    key = next((k for k in keys if k.id == id_in(secret)), None)
    same = hmac.compare_digest(digest(secret), key.sha256 if key else _NOBODY)
    return key if same and key and not key.revoked else None


def added(keys: Sequence[Key], key: Key) -> tuple[Key, ...]:
    """``keys`` with ``key``. Raises :class:`KeysError` where its name will not do."""
    if not key.name.strip() or not key.name.isprintable() or len(key.name) > LONGEST_NAME:
        raise KeysError(f"{key.name!r:.120} is no name; use 1 to {LONGEST_NAME} characters that can be printed")
    if any(k.name == key.name and not k.revoked for k in keys):
        raise KeysError(f"there is a key {key.name!r}; choose another name, or run: clauseqa keys revoke ID")
    return (*keys, key)


def revoked(keys: Sequence[Key], which: str, now: datetime) -> tuple[tuple[Key, ...], Key]:
    """``keys`` with the one revoked that has the id or name ``which``, and that one. Raises :class:`KeysError`."""
    live = [k for k in keys if not k.revoked]
    found = next((k for k in live if k.id == which), None) or next((k for k in live if k.name == which), None)
    if found is None:
        known = ", ".join(f"{k.id} ({k.name})" for k in live) or "none"
        raise KeysError(f"no key in use is called {which!r:.120}; in use: {known}")
    ended = replace(found, revoked=_when(now))
    return tuple(ended if k is found else k for k in keys), ended


def read_keys(path: Path) -> tuple[Key, ...]:
    """The keys of a file, oldest first; none where there is no file. Raises :class:`KeysError`."""
    try:
        held = json.loads(path.read_text("utf-8"))
        if held["format"] != FORMAT:
            raise KeysError(
                f"{path} has the format {held['format']!r:.20}, this version reads {FORMAT}; upgrade clauseqa"
            )
        return tuple(_sound(Key(**one)) for one in held["keys"])
    except FileNotFoundError:
        return ()
    except OSError as exc:
        raise KeysError(
            f"cannot read the keys in {path} ({exc.strerror}); let its owner serve, or mend CLAUSEQA_KEYS"
        ) from exc
    except (ValueError, TypeError, KeyError) as exc:
        raise KeysError(f"{path} is no file of keys; restore it, or move it away and make new keys") from exc


@contextmanager
def changing(path: Path) -> Iterator[Callable[[Sequence[Key]], None]]:
    """Lets nobody else change the file of keys; what is given to the function that comes is written in one step."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_name(f"{path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield lambda keys: _write(path, keys)
    except OSError as exc:
        raise KeysError(f"cannot write keys to {path} ({exc.strerror}); name another file with --keys") from exc


def _write(path: Path, keys: Sequence[Key]) -> None:
    """Readable by its owner only; an existing file's owner stays the owner."""
    text = json.dumps({"format": FORMAT, "keys": [asdict(k) for k in keys]}, indent=2, ensure_ascii=False)
    target = path.resolve()
    new = target.with_name(f"{target.name}.{os.getpid()}.new")
    try:
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            if os.geteuid() == 0 and target.exists():
                os.chown(file.fileno(), target.stat().st_uid, target.stat().st_gid)
            file.write(f"{text}\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def _sound(key: Key) -> Key:
    texts = (key.id, key.name, key.created, key.sha256)
    if not all(isinstance(t, str) for t in texts) or not isinstance(key.revoked, str | None):
        raise TypeError
    return key


def _when(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="seconds")


class Keyring:
    """The keys of a file, read again whenever it changed. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Raises :class:`KeysError` where the file is there and cannot be read."""
        self._path, self._lock = path, Lock()
        self._state = self._look()
        self._keys = read_keys(path)

    def key_of(self, secret: str) -> Key | None:
        """The key that ``secret`` is, if it may be used."""
        return matching(self.keys(), secret)

    def keys(self) -> tuple[Key, ...]:
        """All keys, as the file has them now; none where it cannot be read."""
        if self._look() != self._state:
            with self._lock:
                if (state := self._look()) != self._state:
                    try:
                        self._keys = read_keys(self._path)
                        _log.info("read the keys again: %d in use", sum(not k.revoked for k in self._keys))
                    except KeysError as exc:
                        self._keys = ()
                        _log.error("nobody comes in: %s", exc)
                    self._state = state
        return self._keys

    def _look(self) -> tuple[int, int, int] | None:
        """What differs when the file changed; None where there is none."""
        try:
            seen = self._path.stat()
        except OSError:
            return None
        return seen.st_mtime_ns, seen.st_size, seen.st_ino
