"""Tiny packages made on the spot, for an index that is a directory: nothing here needs a network."""

from __future__ import annotations

import io
import tarfile
import zipfile
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BACKEND = """
import os, zipfile

def build_wheel(directory, settings=None, metadata=None):
    with open({fifo!r}) as gate:  # waits until the test opens the other end
        gate.read()
    with zipfile.ZipFile(os.path.join(directory, "slow-1.0-py3-none-any.whl"), "w") as wheel:
        for name, text in {files!r}.items():
            wheel.writestr(name, text)
    return "slow-1.0-py3-none-any.whl"
"""


def write_wheel(directory: Path, name: str, version: str, *requires: str) -> str:
    """Write a wheel with one module that knows its version; gives the wheel's SHA-256."""
    path = directory / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for inner, text in _files(name, version, *requires).items():
            wheel.writestr(zipfile.ZipInfo(inner), text)
    return sha256(path.read_bytes()).hexdigest()


def write_slow_source(directory: Path, fifo: Path) -> str:
    """Write a source package ``slow`` whose build waits for the fifo; gives its SHA-256."""
    project = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    project += '[project]\nname = "slow"\nversion = "1.0"\n'
    backend = BACKEND.format(fifo=str(fifo), files=_files("slow", "1.0"))
    path = directory / "slow-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        told = "Metadata-Version: 2.2\nName: slow\nVersion: 1.0\n"
        for inner, text in {"pyproject.toml": project, "backend.py": backend, "PKG-INFO": told}.items():
            entry = tarfile.TarInfo(f"slow-1.0/{inner}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return sha256(path.read_bytes()).hexdigest()


def _files(name: str, version: str, *requires: str) -> dict[str, str]:
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {requirement}\n" for requirement in requires)
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{inner},sha256={_digest(text)},{len(text)}" for inner, text in files.items()]
    return files | {f"{info}/RECORD": "\n".join([*rows, f"{info}/RECORD,,"]) + "\n"}


def _digest(text: str) -> str:
    return urlsafe_b64encode(sha256(text.encode()).digest()).rstrip(b"=").decode()
