"""Fixtures of the service's tests."""

from conftest_serve import client, server, space  # noqa: F401
