"""A tamper-evident log: bytes in, receipts out, verified offline against a trust file.

It tells who signed what and when it was logged; it does not tell that a figure is right.
"""

from buju.attest.ledger.audit import Audit
from buju.attest.ledger.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from buju.attest.ledger.evidence import Evidence, find_split, parse_evidence
from buju.attest.ledger.gather import Gathered
from buju.attest.ledger.keys import KeyPair, generate_key, verifier_of
from buju.attest.ledger.log import Log
from buju.attest.ledger.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from buju.attest.ledger.note import Note, open_note, sign_note
from buju.attest.ledger.policy import Policy, make_policy, parse_policy
from buju.attest.ledger.proof import Proof, format_proof, parse_proof
from buju.attest.ledger.receipt import Verified, verify_receipt
from buju.attest.ledger.refusals import LedgerRefused
from buju.attest.ledger.trust import Trust, parse_trust
from buju.attest.ledger.witness import Answer, Witness, serve_witness

__all__ = [
    "Answer",
    "Audit",
    "Checkpoint",
    "Evidence",
    "Gathered",
    "KeyPair",
    "LedgerRefused",
    "Log",
    "Note",
    "Policy",
    "Proof",
    "Trust",
    "Verified",
    "Witness",
    "consistency_proof",
    "find_split",
    "format_checkpoint",
    "format_proof",
    "generate_key",
    "inclusion_proof",
    "leaf_hash",
    "make_policy",
    "node_hash",
    "open_note",
    "parse_checkpoint",
    "parse_evidence",
    "parse_policy",
    "parse_proof",
    "parse_trust",
    "root",
    "serve_witness",
    "sign_note",
    "verifier_of",
    "verify_consistency",
    "verify_inclusion",
    "verify_receipt",
]
