"""``python -m infra.cli``: the same program without its script."""

from infra.cli.app import main

main()
