"""Terms of the ontology and prefixes. The ontology's Turtle is the source; a test holds the two equal."""

from functools import cache, lru_cache

from rdflib import Namespace, URIRef
from rdflib.namespace import DefinedNamespace

SCHEMES = Namespace("https://w3id.org/kgapi/vocab/")
OA = Namespace("http://www.w3.org/ns/oa#")
SCHEMA = Namespace("https://schema.org/")


class SAN(DefinedNamespace):
    """The sanctions news ontology: closed, so that a misspelt term fails where it stands."""

    _fail = True
    _NS = Namespace("https://w3id.org/kgapi/sanctions#")

    Agent: URIRef
    AgentGroup: URIRef
    Agreement: URIRef
    AgreementAction: URIRef
    Article: URIRef
    Asset: URIRef
    Claim: URIRef
    Country: URIRef
    Currency: URIRef
    Decision: URIRef
    Designation: URIRef
    EconomicEffect: URIRef
    Event: URIRef
    Extractor: URIRef
    Judgement: URIRef
    LegalInstrument: URIRef
    Match: URIRef
    Meeting: URIRef
    Organization: URIRef
    Passage: URIRef
    Person: URIRef
    Place: URIRef
    Post: URIRef
    Programme: URIRef
    Proposal: URIRef
    SanctionsAction: URIRef
    SanctionsMeasure: URIRef
    Statement: URIRef
    Tenure: URIRef
    Utterance: URIRef
    Vessel: URIRef
    Visit: URIRef
    Vote: URIRef

    actionType: URIRef
    actor: URIRef
    alpha2: URIRef
    alpha3: URIRef
    ambiguousName: URIRef
    approximate: URIRef
    begin: URIRef
    beneficiary: URIRef
    bound: URIRef
    candidate: URIRef
    capital: URIRef
    causedBy: URIRef
    characterizedAs: URIRef
    claimedType: URIRef
    concerns: URIRef
    confidence: URIRef
    country: URIRef
    currencyCode: URIRef
    date: URIRef
    dateText: URIRef
    demonym: URIRef
    direction: URIRef
    earliest: URIRef
    end: URIRef
    evidence: URIRef
    holder: URIRef
    host: URIRef
    imposedBy: URIRef
    inResponseTo: URIRef
    indicator: URIRef
    inferred: URIRef
    involves: URIRef
    latest: URIRef
    legalBasis: URIRef
    listed: URIRef
    measureType: URIRef
    memberOf: URIRef
    metonym: URIRef
    modality: URIRef
    observedFor: URIRef
    participant: URIRef
    party: URIRef
    place: URIRef
    post: URIRef
    postIn: URIRef
    programme: URIRef
    realis: URIRef
    reason: URIRef
    rule: URIRef
    says: URIRef
    signatory: URIRef
    speaker: URIRef
    states: URIRef
    status: URIRef
    subEventOf: URIRef
    target: URIRef
    unit: URIRef
    value: URIRef
    verdict: URIRef
    zone: URIRef


# As plain attributes they are there at once: the library makes a term anew each time.
for _name in SAN.__annotations__:
    setattr(SAN, _name, SAN[_name])


# The order in which a fact's parties are told: who does it, to whom, about what.
ROLE_ORDER = (
    "actor", "imposedBy", "signatory", "speaker", "host", "holder", "observedFor", "participant",
    "party", "target", "beneficiary", "post", "concerns", "programme", "legalBasis", "place",
    "unit", "says", "subEventOf", "inResponseTo", "causedBy",
)  # fmt: skip

# Which scheme the concepts of a property come from.
SCHEME_OF = {
    "actionType": "action",
    "measureType": "measure",
    "reason": "reason",
    "status": "status",
    "realis": "realis",
    "modality": "modality",
    "indicator": "indicator",
    "direction": "direction",
    "unit": "unit",
    "bound": "bound",
    "zone": "zone",
    "verdict": "verdict",
}


@cache
def term(name: str) -> URIRef:
    """A class or property by its local name. Raises AttributeError for one that is not declared."""
    return SAN[name]


@lru_cache(maxsize=2_000)
def concept(scheme: str, name: str) -> URIRef:
    """A concept by its scheme and local name, ``action`` and ``impose``."""
    return URIRef(f"{SCHEMES}{scheme}#{name}")
