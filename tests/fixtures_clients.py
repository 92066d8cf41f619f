"""What every HTTP client of a test process shares. A pytest plugin, loaded by conftest."""

import os
import ssl
from collections.abc import Iterator
from typing import Any

import certifi
import pytest


@pytest.fixture(scope="session", autouse=True)
def _one_trust_store() -> Iterator[None]:
    """httpx reads the certificates of all authorities anew for each client: 20 ms, and tests make thousands of clients.

    Theirs alone are kept. A test that trusts certificates of its own has a context of its own.
    """
    make = ssl.create_default_context
    kept = {file: make(cafile=file) for file in {certifi.where(), os.environ.get("SSL_CERT_FILE") or certifi.where()}}

    def default_context(*args: Any, **kwargs: Any) -> ssl.SSLContext:
        of_all = not args and kwargs.keys() == {"cafile"} and kwargs["cafile"] in kept
        return kept[kwargs["cafile"]] if of_all else make(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", default_context)
        yield
