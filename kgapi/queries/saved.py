"""Saved queries: SPARQL in files whose header says what it asks and which parameters it takes.

The header is lines that begin with ``#+``::

    #+ summary: Who sanctions a country?
    #+ param target: iri; whom the sanctions are on
    #+ param since: date; default 2000-01-01; the first day that counts
    #+ param action: iri; within https://w3id.org/kgapi/vocab/action#; one of impose, lift; optional

``$name`` is where the value of a parameter stands in the text. It is put there as a term, never as
text. An optional parameter that is not given is UNDEF, so it stands in VALUES.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kgapi.errors import BadQuery, BadSettings
from kgapi.graph.iris import Iris
from kgapi.media import GRAPHS
from kgapi.queries.query import FOLDER, Bindable, Iri, Query, Text
from kgapi.reference import files
from kgapi.store import forms
from kgapi.store.grammar import check_query, prologue
from kgapi.store.tokens import tokens

RESERVED = ("cursor", "limit", "format", "timeout")
"""Parameters that all saved queries have."""

_LINE = re.compile(r"#\+ *(?P<key>summary|param +(?P<name>\w+)) *: *(?P<value>\S.*)")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_LANGUAGE = re.compile(r"string@([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)")
_ANYWHERE = Iris("https://example.org/")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a saved query, and how its values are written.

    ``type`` is string, string@LANGUAGE, iri, integer, decimal, date or boolean. ``within`` is the
    begin of IRIs that need not be written; without it, those of our own things need not.
    """

    name: str
    type: str
    description: str = ""
    default: str | None = None
    choices: Sequence[str] = ()
    within: str = ""
    optional: bool = False

    @property
    def required(self) -> bool:
        return self.default is None and not self.optional

    def read(self, text: str, iris: Iris) -> Bindable:
        """A value as it is written. Raises ValueError, with words for whoever wrote it."""
        if self.choices and text not in self.choices:
            raise ValueError(f"Must be one of: {', '.join(self.choices)}.")
        if self.type == "iri":
            return _iri(text, self.within, iris)
        if language := _LANGUAGE.fullmatch(self.type):
            return Text(text, language[1])
        return _TYPES[self.type](text)


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved query. ``form`` is SELECT, ASK or, where the answer is a graph, CONSTRUCT."""

    query: Query
    parameters: Sequence[Parameter]
    form: str

    @property
    def name(self) -> str:
        return self.query.name

    def page(self, limit: int, offset: int, **values: Bindable) -> str:
        """The text of a page of its answer."""
        return self.query.page(limit, offset).bind(**values)

    def count(self, **values: Bindable) -> str:
        """The text of a query for the number of its solutions, as ?total."""
        text = self.query.bind(**values)
        start = prologue(text)
        return f"{text[:start]} SELECT (COUNT(*) AS ?total) WHERE {{ {text[start:]}\n}}"


def saved(folder: str) -> Mapping[str, Saved]:
    """All saved queries by their names: ours, and those of the files in a folder of the operator.

    Raises BadSettings for a folder that is none, and for a file that is not as it should be.
    """
    if not folder:
        return _ours()
    if not Path(folder).is_dir():
        raise BadSettings(f"KGAPI_QUERIES is a folder with .rq files; {folder} is none")
    theirs = {path.stem: load(path) for path in sorted(Path(folder).glob("*.rq"))}
    for name in theirs.keys() & _ours().keys():
        raise BadSettings(f"{Path(folder) / name}.rq: there is a query {name} already")
    return dict(sorted((_ours() | theirs).items()))


@cache
def _ours() -> dict[str, Saved]:
    paths = [*files.ontology("questions").glob("*.rq"), *(FOLDER / "saved").glob("*.rq")]
    return {path.stem: load(path) for path in sorted(paths, key=lambda path: path.stem)}


def load(path: Path) -> Saved:
    """A saved query out of its file. Raises BadSettings, naming file and line."""
    if not _NAME.fullmatch(path.stem):
        raise BadSettings(f"{path}: the name of a query has a-z, 0-9 and hyphens between them")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path}: {error}") from None
    summary, parameters = _header(text, path)
    query = Query(path.stem, text, summary)
    try:
        found = Saved(query, parameters, _form(text))
        _check(found, path)
    except BadQuery as error:
        raise BadSettings(f"{path}, {error.detail}") from None
    return found


def _header(text: str, path: Path) -> tuple[str, list[Parameter]]:
    """The summary, and the parameters in their order. Raises BadSettings."""
    summary, parameters = "", dict[str, Parameter]()
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#+"):
            found = _LINE.fullmatch(line.rstrip())
            if not found:
                raise BadSettings(
                    f"{path}, line {number}: a line of the header is `#+ summary: …` or"
                    " `#+ param name: type; …`"
                )
            if found["name"] is None:
                summary = found["value"]
                continue
            try:
                read = _parameter(found["name"], found["value"], parameters)
            except ValueError as error:
                raise BadSettings(f"{path}, line {number}: {error}") from None
            parameters[read.name] = read
    if not summary:
        raise BadSettings(f"{path}, line 1: the header says what it asks: `#+ summary: …`")
    return summary, list(parameters.values())


def _parameter(name: str, value: str, others: Mapping[str, Parameter]) -> Parameter:
    """A parameter as the header has it. Raises ValueError."""
    if name in RESERVED or name in others:
        raise ValueError(f"the name {name} is taken")
    kind, *clauses = (clause.strip() for clause in value.split(";"))
    if kind != "iri" and kind not in _TYPES and not _LANGUAGE.fullmatch(kind):
        known = ", ".join(("iri", *_TYPES))
        raise ValueError(f"{kind} is no type; the types are {known} and string@LANGUAGE")
    given: dict[str, Any] = {}
    for clause in clauses:
        given |= _clause(clause)
    parameter = Parameter(name, kind, **given)
    for text in (
        *parameter.choices,
        *([parameter.default] if parameter.default is not None else []),
    ):
        try:
            parameter.read(text, _ANYWHERE)
        except ValueError as error:
            raise ValueError(f"{text} is no value of {name}: {error}") from None
    return parameter


def _clause(clause: str) -> dict[str, Any]:
    word, _, rest = clause.partition(" ")
    match word:
        case "default":
            return {"default": rest.strip().strip('"')}
        case "within":
            return {"within": rest.strip()}
        case "optional" if not rest:
            return {"optional": True}
        case "one" if rest.startswith("of "):
            choices = rest.removeprefix("of ").split(",")
            return {"choices": tuple(choice.strip() for choice in choices)}
    return {"description": clause}


def _form(text: str) -> str:
    if forms.offers(text) == GRAPHS:
        return "CONSTRUCT"
    words = (token.text.upper() for token in tokens(text) if token.kind == "word")
    return next((word for word in words if word in {"SELECT", "ASK"}), "")


def _check(found: Saved, path: Path) -> None:
    """Raises BadSettings for parameters that are not used or not told, BadQuery for bad SPARQL."""
    declared = {each.name for each in found.parameters}
    if wrong := sorted(found.query.variables ^ declared):
        where = _line_of(wrong[0], found.query.text)
        raise BadSettings(
            f"{path}, line {where}: ${wrong[0]} needs both a line `#+ param {wrong[0]}: …` and a"
            f" place in the query; variables that are no parameters are written ?{wrong[0]}"
        )
    for values in _samples(found.parameters):
        check_query(found.query.bind(**values))
        if found.form == "SELECT":
            _check_paged(found, values)


def _check_paged(found: Saved, values: Mapping[str, Bindable]) -> None:
    try:
        check_query(found.page(1, 0, **values))
        check_query(found.count(**values))
    except BadQuery as error:
        raise BadQuery(
            f"line {len(found.query.text.splitlines())}: the answer comes in pages, so a query has no"
            f" LIMIT, OFFSET, FROM or VALUES of its own at its end ({error.detail})"
        ) from None


def _samples(parameters: Sequence[Parameter]) -> list[dict[str, Bindable]]:
    """Values for all parameters: all of them given, and none that need not be."""
    given = {each.name: _sample(each) for each in parameters}
    left_out = {each.name: None for each in parameters if each.optional}
    return [given, given | left_out]


def _sample(parameter: Parameter) -> Bindable:
    written = {"integer": "1", "decimal": "1.5", "date": "2022-02-24", "boolean": "true"}
    text = next(iter(parameter.choices), written.get(parameter.type, "a"))
    return parameter.read(text, _ANYWHERE)


def _line_of(name: str, text: str) -> int:
    lines = text.splitlines()
    where = re.compile(rf"\${name}\b|#\+ *param +{name}\b")
    return next((number for number, line in enumerate(lines, 1) if where.search(line)), 1)


def _iri(text: str, within: str, iris: Iris) -> Iri:
    if _ABSOLUTE.match(text) or not text:
        value = text
    elif within:
        value = within + quote(text, safe="/-._~:")
    else:
        value = str(iris.thing(text))
    if not _ABSOLUTE.match(value) or set(value) & set(' <>"{}|\\^`') or not value.isprintable():
        raise ValueError("Not an IRI, nor the end of one.")
    return Iri(value)


def _integer(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII):
        raise ValueError("Not a whole number of at most 18 digits.")
    return int(text)


def _decimal(text: str) -> Decimal:
    if not re.fullmatch(r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})", text, re.ASCII):
        raise ValueError("Not a decimal number, such as 0.85.")
    return Decimal(text)


def _date(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError("Not a day, such as 2022-02-24.")
    return date.fromisoformat(text)


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError("Must be true or false.")
    return text == "true"


_TYPES: Mapping[str, Callable[[str], Bindable]] = {
    "string": str,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "boolean": _boolean,
}
