# SPDX-License-Identifier: GPL-2.0-only
"""What comes out of a guest, made fit for a terminal."""

# A question mark for what a terminal could obey: all control characters of ASCII but
# the newline and the tab, and bytes that begin or are such ones beyond it.
TABLE = bytes(b if b in b"\n\t" or 0x20 <= b < 0x7f else 0x3f for b in range(256))


def clean(data):
    """bytes of printable ASCII, lines and tabs."""
    return data.replace(b"\r\n", b"\n").translate(TABLE)
