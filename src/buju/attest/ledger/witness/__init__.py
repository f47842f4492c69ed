"""A witness: cosigns a log's checkpoints as long as each extends the last one it has seen.

Run one with `python -m buju.attest.ledger.witness DIR --key FILE --log VKEY --port N`.
"""

from buju.attest.ledger.witness.core import Answer, Witness
from buju.attest.ledger.witness.service import WitnessServer, serve_witness

__all__ = ["Answer", "Witness", "WitnessServer", "serve_witness"]
