"""Anchors: the contract on eth-tester, a mirror folder, the queue."""

import json
import warnings

import pytest
from ledger_rig import KEY, ORIGIN

from buju.attest import ledger
from buju.attest.anchors import AnchorQueue, EvmAnchor, MirrorAnchor, deploy
from buju.attest.ledger import LedgerRefused


def note(size, root=b"\x01"):
    return ledger.sign_note(ledger.format_checkpoint(ORIGIN, size, root * 32), [KEY.signer])


@pytest.fixture(scope="module")
def chain():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from web3 import EthereumTesterProvider, Web3

        return Web3(EthereumTesterProvider())


@pytest.fixture
def anchor(chain):
    owner = chain.eth.accounts[0]
    return EvmAnchor(chain, deploy(chain, owner), owner, depth=3)


def test_a_head_is_final_only_after_the_depth(chain, anchor):
    receipt = anchor.publish(note(5))
    assert anchor.check(receipt) is False
    chain.provider.ethereum_tester.mine_blocks(3)
    assert anchor.check(receipt) is True
    assert anchor.publish(note(5)).root == receipt.root  # again: succeeds


@pytest.mark.filterwarnings("ignore")
def test_attack_30_other_root_smaller_size_and_foreign_sender(chain, anchor):
    anchor.publish(note(5))
    foreign = EvmAnchor(chain, anchor.contract.address, chain.eth.accounts[1])
    for who, what in ((anchor, note(5, b"\x02")), (anchor, note(4)), (foreign, note(6))):
        with pytest.raises(LedgerRefused, match="anchor-conflict"):
            who.publish(what)
    assert anchor.contract.functions.size().call() == 5


def test_attack_30_a_reorganisation_is_seen(chain, anchor, tmp_path):
    tester = chain.provider.ethereum_tester
    before = tester.take_snapshot()
    queue = AnchorQueue(tmp_path / "queue.sqlite", anchor)
    queue.add(note(7))
    assert queue.drain() == [] and queue.states() == {7: "published"}
    tester.revert_to_snapshot(before)
    tester.mine_blocks(2)
    assert [wrong.code for wrong in queue.drain()] == ["anchor-reverted"]
    assert queue.states() == {7: "waiting"}
    queue.drain()
    tester.mine_blocks(3)
    queue.drain()
    assert queue.states() == {7: "final"}
    queue.close()


class Down:
    def publish(self, checkpoint):
        raise LedgerRefused("anchor-down", "no answer")

    check = publish


def test_attack_30_nothing_is_lost_while_the_node_is_down(tmp_path):
    queue = AnchorQueue(tmp_path / "queue.sqlite", Down())
    for size in (3, 5):
        queue.add(note(size))
    assert [wrong.code for wrong in queue.drain()] == ["anchor-down"]
    queue.close()
    queue = AnchorQueue(tmp_path / "queue.sqlite", MirrorAnchor(tmp_path / "mirror"))
    queue.drain()
    queue.drain()
    assert queue.states() == {3: "final", 5: "final"}
    queue.close()


def test_a_mirror_keeps_one_root_a_size(tmp_path):
    mirror = MirrorAnchor(tmp_path)
    receipt = mirror.publish(note(5))
    assert mirror.check(receipt) and mirror.publish(note(5)) == receipt
    for other in (note(5, b"\x02"), note(4)):
        with pytest.raises(LedgerRefused, match="anchor-conflict"):
            mirror.publish(other)
    (tmp_path / "5.checkpoint").unlink()
    with pytest.raises(LedgerRefused, match="anchor-reverted"):
        mirror.check(receipt)


def test_the_bytecode_is_of_the_source(tmp_path):
    """Compiled again where `BUJU_SOLC` names the folder of an npm `solc`."""
    import os
    import subprocess
    from importlib.resources import files

    here = files("buju.attest.anchors") / "contract"
    kept = json.loads((here / "Checkpoints.json").read_text())
    solc = os.environ.get("BUJU_SOLC")
    if not solc:
        pytest.skip("BUJU_SOLC is not set")
    source = (here / "Checkpoints.sol").read_text()
    task = {"language": "Solidity", "sources": {"Checkpoints.sol": {"content": source}},
            "settings": kept["settings"]}  # fmt: skip
    script = (
        "const s=require(process.argv[1]);console.log(s.compile(require('fs').readFileSync(0)+''))"
    )
    done = subprocess.run(["node", "-e", script, solc], input=json.dumps(task),
                          capture_output=True, text=True, check=True)  # fmt: skip
    made = json.loads(done.stdout)["contracts"]["Checkpoints.sol"]["Checkpoints"]
    assert "0x" + made["evm"]["bytecode"]["object"] == kept["bytecode"]


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
def test_attack_30_on_anvil(tmp_path):
    """`BUJU_ANVIL` names the executable."""
    import os
    import subprocess
    import time

    from web3 import HTTPProvider, Web3

    if not (anvil := os.environ.get("BUJU_ANVIL")):
        pytest.skip("BUJU_ANVIL is not set")
    url, command = "http://127.0.0.1:18545", [anvil, "--port", "18545", "--silent"]
    node = subprocess.Popen(command)
    try:
        web3 = Web3(HTTPProvider(url, exception_retry_configuration=None))
        while not web3.is_connected():
            time.sleep(0.1)
        owner = web3.eth.accounts[0]
        anchor = EvmAnchor(web3, deploy(web3, owner), owner, depth=2)
        before = web3.provider.make_request("evm_snapshot", [])["result"]
        queue = AnchorQueue(tmp_path / "queue.sqlite", anchor)
        queue.add(note(9))
        assert queue.drain() == []
        web3.provider.make_request("evm_revert", [before])
        assert [w.code for w in queue.drain()] == ["anchor-reverted"]
        queue.drain()
        web3.provider.make_request("anvil_mine", [2])
        queue.drain()
        assert queue.states() == {9: "final"}
        foreign = EvmAnchor(web3, anchor.contract.address, web3.eth.accounts[1])
        for who, what in ((foreign, note(10)), (anchor, note(9, b"\x02"))):
            with pytest.raises(LedgerRefused, match="anchor-conflict"):
                who.publish(what)
    finally:
        node.terminate()
        node.wait()
    queue.add(note(11))
    assert [w.code for w in queue.drain()] == ["anchor-down"]
    assert queue.states()[11] == "waiting"
    queue.close()
