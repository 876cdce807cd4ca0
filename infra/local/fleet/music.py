"""Writes the music of the local DJ host: short FLAC files of silence with tags, so that a player has something true to index and play.

Usage: music.py <folder>. Only Python's own library is used. A FLAC file is a header, tags and frames; a frame of silence is one
constant ("RFC 9639, Free Lossless Audio Codec": 8.2 STREAMINFO, 8.6 Vorbis comment, 9 frames), so a track has a few hundred bytes.
"""

import struct
import sys
from pathlib import Path
from typing import NamedTuple

RATE = 8000
# Half a second, so that lengths are whole.
BLOCK = RATE // 2


class Track(NamedTuple):
    """A file and what its tags say."""

    path: str
    artist: str
    title: str
    album: str
    seconds: int
    broken: bool = False


# Besides plain ones: two versions of a title, one title by two artists, two files that are indexed but cannot be played (one has no
# frame; the other's file is taken away once it is indexed), and tags and names that would do harm as anything but text.
TRACKS = [
    Track("Daft Punk/Discovery/01 One More Time.flac", "Daft Punk", "One More Time", "Discovery", 20),
    Track("Daft Punk/Discovery/04 Harder, Better, Faster, Stronger.flac", "Daft Punk", "Harder, Better, Faster, Stronger", "Discovery", 14),
    Track("Daft Punk/Homework/07 Around the World.flac", "Daft Punk", "Around the World", "Homework", 12),
    Track("Daft Punk/Alive 2007/05 Around the World.flac", "Daft Punk", "Around the World (Live)", "Alive 2007", 45),
    Track("Nina Simone/Feeling Good.flac", "Nina Simone", "Feeling Good", "I Put a Spell on You", 10),
    Track("Nina Simone/Sinnerman.flac", "Nina Simone", "Sinnerman", "Pastel Blues", 18),
    Track("Muse/Feeling Good.flac", "Muse", "Feeling Good", "Origin of Symmetry", 9),
    Track("Queen/Don't Stop Me Now.flac", "Queen", "Don't Stop Me Now", "Jazz", 8),
    Track("Queen/Under Pressure.flac", "Queen & David Bowie", "Under Pressure", "Hot Space", 7),
    Track("Björk/Jóga.flac", "Björk", "Jóga", "Homogenic", 6),
    Track("宇多田ヒカル/First Love.flac", "宇多田ヒカル", "First Love", "First Love", 6),
    Track("Kraftwerk/The Model.flac", "Kraftwerk", "The Model", "The Man-Machine", 5),
    Track("Kraftwerk/Computer Love.flac", "Kraftwerk", "Computer Love", "Computer World", 5),
    Track("Air/La femme d'argent.flac", "Air", "La femme d'argent", "Moon Safari", 16),
    Track("Portishead/Roads.flac", "Portishead", "Roads", "Dummy", 12),
    Track("Untagged/some recording.flac", "", "", "", 5),
    Track("Broken/Static.flac", "The Broken Files", "Static", "Scratched", 5, broken=True),
    Track("Broken/Gone.flac", "The Broken Files", "Gone", "Scratched", 5),
    Track("-rf $(id) `id` 'quoted' \"twice\" \\n [x] %file%.flac", "$(id)`id`", "'; reboot; \" \\ [%title%] {{ Action }}", "<b>&amp;*_~", 5),
    Track("Hostile/lines.flac", "Two\nLines", "OK\nfile: other.flac\tvolume: 3%", '","kind":"status"', 5),
    Track("Hostile/direction.flac", "\u202eesreveR", "Zero\u200bWidth <!channel> <@U0ADMIN>", "\U0001f4a3" * 20, 5),
    Track("Hostile/long.flac", "Long " * 120, "Word " * 400, "x" * 3000, 5),
]


def checksum(data: bytes, polynomial: int, bits: int) -> int:
    """The CRC-8 of a frame's header and the CRC-16 of a frame differ in these only."""
    register, top = 0, 1 << (bits - 1)
    for byte in data:
        register ^= byte << (bits - 8)
        for _ in range(8):
            register = (register << 1) ^ polynomial if register & top else register << 1
        register &= (1 << bits) - 1
    return register


def frame(number: int) -> bytes:
    """A block of silence: block size written out, 8 kHz, one channel, 16 bits, one subframe that is constant."""
    header = b"\xff\xf8\x74\x08" + chr(number).encode() + struct.pack(">H", BLOCK - 1)
    header += bytes([checksum(header, 0x07, 8)])
    data = header + b"\x00\x00\x00"
    return data + struct.pack(">H", checksum(data, 0x8005, 16))


def block(kind: int, data: bytes, last: bool = False) -> bytes:
    """A metadata block."""
    return bytes([kind | (0x80 if last else 0)]) + len(data).to_bytes(3, "big") + data


def flac(track: Track) -> bytes:
    """The whole file."""
    samples = track.seconds * RATE
    packed = RATE << 44 | (16 - 1) << 36 | samples
    info = struct.pack(">HH", BLOCK, BLOCK) + bytes(6) + packed.to_bytes(8, "big") + bytes(16)
    fields = {"ARTIST": track.artist, "TITLE": track.title, "ALBUM": track.album}
    entries = [f"{name}={text}".encode() for name, text in fields.items() if text]
    comments = struct.pack("<I", 0) + struct.pack("<I", len(entries))
    comments += b"".join(struct.pack("<I", len(entry)) + entry for entry in entries)
    frames = b"no frame of music" if track.broken else b"".join(frame(number) for number in range(samples // BLOCK))
    return b"fLaC" + block(0, info) + block(4, comments, last=True) + frames


def write(folder: Path) -> None:
    """Writes every track below a folder."""
    for track in TRACKS:
        path = folder / track.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(flac(track))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
