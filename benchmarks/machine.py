"""What the figures were measured on."""

import platform
from importlib.metadata import version
from pathlib import Path

_LIBRARIES = ("cryptography", "fastavro", "psycopg", "eventsourcing", "msgspec")


def describe(server: str) -> list[str]:
    """Name the machine and the versions; ``server`` is PostgreSQL's own account of itself."""
    system = f"{platform.system()} {platform.release()}"
    versions = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return [
        f"{_processor()}, {_cores()} cores, {_memory_gb():.0f} GB, {system}",
        f"Python {platform.python_version()}, {versions}",
        server,
    ]


def _facts(path: str, name: str) -> list[str]:
    file = Path(path)
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [line.partition(":")[2].strip() for line in lines if line.startswith(name)]


def _processor() -> str:
    return next(iter(_facts("/proc/cpuinfo", "model name")), platform.machine())


def _cores() -> int:
    return len(_facts("/proc/cpuinfo", "processor"))


def _memory_gb() -> float:
    kilobytes = next(iter(_facts("/proc/meminfo", "MemTotal")), "0 kB")
    return int(kilobytes.split()[0]) / 1_000_000
