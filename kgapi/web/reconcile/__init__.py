"""/reconcile: the Reconciliation Service API of the W3C's community group, 0.2 and the 1.0 draft."""

from kgapi.web.reconcile import draft, v02

BLUEPRINTS = (v02.blueprint, draft.blueprint)
