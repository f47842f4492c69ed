"""Heads in a contract on an EVM chain; see `contract/Checkpoints.sol`.

Ran on eth-tester and on anvil, which is a single node without consensus. Other chains were not
tested.
"""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.resources import files
from typing import Any

from buju.attest.anchors.base import AnchorReceipt, head_of
from buju.attest.ledger.refusals import LedgerRefused
from buju.errors import missing_extra


def contract() -> dict[str, Any]:
    """Compiler, settings, ABI and bytecode of the contract, as committed beside its source."""
    path = files("buju.attest.anchors") / "contract" / "Checkpoints.json"
    return dict(json.loads(path.read_text("utf-8")))


def deploy(web3: Any, account: str) -> str:
    """Put the contract on the chain, owned by the account; its address."""
    kept = contract()
    made = web3.eth.contract(abi=kept["abi"], bytecode=kept["bytecode"])
    sent = made.constructor().transact({"from": account})
    return str(web3.eth.wait_for_transaction_receipt(sent)["contractAddress"])


class EvmAnchor:
    """An `Anchor` in the contract at `address`, written by `account`.

    Parameters
    ----------
    web3
        A connected `web3.Web3`.
    address, account
        The contract, and its owner.
    depth
        Blocks that must follow before a head counts as final.
    timeout
        Seconds to wait for a transaction.
    """

    def __init__(
        self, web3: Any, address: str, account: str, *, depth: int = 12, timeout: float = 30
    ) -> None:
        try:
            import web3 as installed  # noqa: F401
        except ImportError as missing:
            raise missing_extra("evm", "an anchor on an EVM chain") from missing
        self.web3, self.account, self.depth, self.timeout = web3, account, depth, timeout
        self.contract = web3.eth.contract(address=address, abi=contract()["abi"])

    def publish(self, checkpoint: str) -> AnchorReceipt:
        """Send a head to the contract; see `Anchor`."""
        head = head_of(checkpoint)
        try:
            held = bytes(self.contract.functions.roots(head.size).call())
            if held == head.root:
                return self._receipt(head.size, head.root)
            if held != bytes(32):
                raise LedgerRefused("anchor-conflict", f"size {head.size}: another root is held")
            digest = sha256(checkpoint.encode()).digest()
            call = self.contract.functions.publish(head.size, head.root, digest)
            sent = call.transact({"from": self.account})
            done = self.web3.eth.wait_for_transaction_receipt(sent, timeout=self.timeout)
        except Exception as wrong:
            raise _translated(wrong, head.size) from wrong
        if done["status"] != 1:
            raise LedgerRefused("anchor-conflict", f"size {head.size}: the contract reverted")
        return self._receipt(head.size, head.root)

    def _receipt(self, size: int, root: bytes) -> AnchorReceipt:
        events = self.contract.events.Published().get_logs(
            from_block=0, argument_filters={"size": size}
        )
        last = events[-1]
        where = {
            "chain": self.web3.eth.chain_id,
            "address": self.contract.address,
            "transaction": bytes(last["transactionHash"]).hex(),
            "block": last["blockNumber"],
            "block_hash": bytes(last["blockHash"]).hex(),
        }
        return AnchorReceipt("evm", size, root, where)

    def check(self, receipt: AnchorReceipt) -> bool:
        """Whether the head stands in the same block, `depth` blocks down; see `Anchor`."""
        where = receipt.where
        try:
            now = self.web3.eth.block_number
            if where["block"] > now:
                raise _reverted(receipt.size)
            block = self.web3.eth.get_block(where["block"])
            held = bytes(self.contract.functions.roots(receipt.size).call())
        except LedgerRefused:
            raise
        except Exception as wrong:
            raise _translated(wrong, receipt.size) from wrong
        if bytes(block["hash"]).hex() != where["block_hash"] or held != receipt.root:
            raise _reverted(receipt.size)
        return bool(now - where["block"] >= self.depth)


def _reverted(size: int) -> LedgerRefused:
    return LedgerRefused(
        "anchor-reverted",
        f"the chain no longer holds the head of size {size}: it was reorganised. Publish again",
        f"链上已无规模 {size} 的检查点（链重组）；请重新发布。",
    )


def _translated(wrong: Exception, size: int) -> LedgerRefused:
    """A revert is a conflict; anything else that web3 raises means that the node is not there."""
    if isinstance(wrong, LedgerRefused):
        return wrong
    names = {kind.__name__ for kind in type(wrong).__mro__}
    if names & {"ContractLogicError", "TransactionFailed"} or "revert" in str(wrong).lower():
        return LedgerRefused("anchor-conflict", f"size {size}: the contract refused: {wrong}")
    return LedgerRefused(
        "anchor-down",
        f"the node did not answer ({type(wrong).__name__}); the checkpoint stays in the queue",
        "链节点无应答；检查点保留在队列中，稍后重试。",
    )
