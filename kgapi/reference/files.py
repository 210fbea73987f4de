"""Where the data files are: inside the installed package, or beside it in the source tree."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def _folder(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def ontology(name: str = "") -> Path:
    """A file (or, without a name, the folder) of the ontology."""
    return _folder("ontology") / name


def seeds(name: str = "") -> Path:
    """A file (or, without a name, the folder) of the seeds."""
    return _folder("seeds") / name
