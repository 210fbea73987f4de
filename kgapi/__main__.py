"""``python -m kgapi``: the command line."""

from kgapi.cli import main

main(prog_name="kgapi")
