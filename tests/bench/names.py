"""Names per second and share read right: our reader beside guessit and anitopy, in one run."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable

import anitopy
import guessit

from library.names import read
from tests.unit.library.names import table

OURS = 100_000
ANITOPY = 2_000
GUESSIT = 300
FLOORS = {"guessit": 100.0, "anitopy": 5.0}

# What a library holds: mostly one tidy scheme, some fansub releases, some older habits.
MIX = (
    "{t} ({y})/Season {s:02}/{t} - S{s:02}E{e:02} - The Long Road.mkv",
    "{t} ({y})/Season {s:02}/{t} - S{s:02}E{e:02} - Part of Something.mkv",
    "{t} ({y}) [imdbid-tt0{e:06}]/Season {s:02}/{t} S{s:02}E{e:03}.mp4",
    "{t}/{t} - S{s:03}E{e:03} (German Dub).mp4",
    "{t}/[Lunaris] {t} - {e:02} [1080p][A1B2C3D4].mkv",
    "{t}/Season {s}/{e:02} - The Long Road.mkv",
    "{d}.S{s:02}E{e:02}.1080p.WEB.H264-NIMBUS.mkv",
    "{t}/Staffel {s}/Folge {e}.mp4",
)
TITLES = ("Amber Tide", "Hollow Lantern", "Kurogane Diaries", "Mob Psycho 100", "Yoru no Shima")


def generated(count: int) -> list[str]:
    """`count` names of the mix, 25 to a season folder, four seasons a series."""
    names = []
    for at in range(count):
        season, series = at // 25, at // 100
        title = (
            f"{TITLES[series % len(TITLES)]} {chr(65 + series % 26)}{chr(65 + series // 26 % 26)}"
        )
        facts = {"t": title, "d": title.replace(" ", "."), "y": 1990 + series % 35}
        names.append(MIX[season % len(MIX)].format(**facts, s=season % 4 + 1, e=at % 25 + 1))
    return names


def rate(reader: Callable[[str], object], names: Iterable[str], count: int) -> float:
    """Names per second."""
    begun = time.perf_counter()
    for name in names:
        reader(name)
    return count / (time.perf_counter() - begun)


def guessit_numbers(name: str) -> set[int]:
    found = guessit.guessit(name).get("episode", [])
    return {found} if isinstance(found, int) else set(found)


def anitopy_numbers(name: str) -> set[int]:
    try:
        found = (anitopy.parse(name.rpartition("/")[2]) or {}).get("episode_number", [])
    except (AttributeError, IndexError):  # it falls over on some names
        return {-1}
    parts = [found] if isinstance(found, str) else found
    numbers = [int(part) for part in parts if part.isdecimal()]
    if len(numbers) == 2:  # it gives the ends of a range
        return set(range(numbers[0], numbers[1] + 1))
    return set(numbers)


def our_numbers(name: str) -> set[int]:
    reading = read(name)
    return {*reading.episodes, *reading.absolute}


def right(reader: Callable[[str], set[int]]) -> float:
    """The share of the test table whose episode numbers come out right, the season left aside."""
    cases = [(case.name, {*case.episodes, *case.absolute}) for case in table.names()]
    cases += [(name, set()) for name in table.nothing()]
    return sum(reader(name) == numbers for name, numbers in cases) / len(cases)


def main() -> None:
    names = generated(OURS)
    rate(read, names[:1000], 1000)
    ours = rate(read, names, OURS)
    print(f"reader   {ours:>10,.0f} names/s   {1e6 / ours:8.1f} µs a name")
    peers: tuple[tuple[str, Callable[[str], object], int], ...] = (
        ("guessit", guessit.guessit, GUESSIT),
        ("anitopy", lambda name: anitopy.parse(name.rpartition("/")[2]), ANITOPY),
    )
    for peer, reader, count in peers:
        theirs = rate(reader, random.Random(7).sample(names, count), count)
        print(
            f"{peer}  {theirs:>10,.0f} names/s   {1e6 / theirs:8.1f} µs a name"
            f"   reader = {ours / theirs:,.0f} × {peer} (floor {FLOORS[peer]:g} ×)"
        )
    print("episode numbers right on the test table (ours by construction; season left aside):")
    for label, numbers in (
        ("reader", our_numbers),
        ("guessit", guessit_numbers),
        ("anitopy", anitopy_numbers),
    ):
        print(f"{label:8} {right(numbers):7.1%}")


if __name__ == "__main__":
    main()
