"""Fixtures for the tests over HTTP."""

import os

import pytest

from daemon import PROGRAM, Daemon


@pytest.fixture(scope="module")
def daemon():
    """One daemon with an empty registry for all tests of a file."""
    if not os.path.exists(PROGRAM):
        pytest.skip(f"{PROGRAM} is not built")
    started = Daemon()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def admin(daemon):
    return daemon.admin
