"""infra/compose.yaml brought up for tests: its own name, secrets, images and port."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.broker.broker import free_port
from tests.engine import KAFKA, POSTGRES, PROGRAM
from tests.house.tree import ROOT

FILE = ROOT / "infra" / "compose.yaml"
SECONDS = 240
"""How long the stack may take to come up: everything is made anew, on a busy machine too."""


def compose_program() -> Sequence[str]:
    """Name Docker's plugin, or the program of its own that came before; nothing if neither is."""
    for words in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(words[0]) and _run([*words, "version"]).returncode == 0:
            return words
    return []


@dataclass(frozen=True)
class Stack:
    """A project of Compose, up or not. ``secrets`` is the directory of its passwords."""

    program: Sequence[str]
    secrets: Path
    port: int

    @classmethod
    def over(cls, program: Sequence[str], folder: Path) -> "Stack":
        """Make the passwords of a stack in a folder."""
        secrets = folder / "secrets"
        subprocess.run([ROOT / "infra" / "images" / "secrets.sh", secrets], check=True)  # noqa: S603 - our own script
        return cls(program, secrets, free_port())

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            **os.environ,  # noqa: TID251 - where the engine is
            "SECRETS": str(self.secrets),
            "POSTGRES_IMAGE": POSTGRES,
            "KAFKA_IMAGE": KAFKA,
            "IMAGE": PROGRAM,
            "KAFKA_PORT": str(self.port),
        }

    def call(self, *words: str) -> str:
        """Run a command of Compose; return what it printed."""
        project = ["--project-name", f"glemmebok-test-{os.getpid()}", "--file", str(FILE)]
        ran = _run([*self.program, *project, *words], self.environment)
        assert ran.returncode == 0, f"{words}: {ran.stderr[-2000:]}"
        return ran.stdout

    def inside(self, *words: str) -> str:
        """Run a command in the consumer's container."""
        return self.call("exec", "-T", "consume", *words)

    def inspected(self) -> list[dict[str, Any]]:
        """Tell what the engine knows of each container."""
        ids = self.call("ps", "--all", "--quiet").split()
        told: list[dict[str, Any]] = json.loads(_run(["docker", "inspect", *ids]).stdout)
        return told


def _run(
    command: Sequence[str], environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own file
        command,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
