"""Writes addresses as networks fetch them: in US-ASCII only, which Meta asks for ("Media URLs" of its platform for publishing)."""

import httpx


def in_ascii(address: str) -> str:
    """Returns the same address with its host in the form of IDNA and all else escaped; what cannot be written so stays as it is."""
    try:
        return str(httpx.URL(address))
    except httpx.InvalidURL:
        return address
