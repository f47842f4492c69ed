"""Every row of the witness protocol, over HTTP."""

import pytest
from ledger_rig import KEY, ORIGIN, OTHER, WITNESSES

from buju.attest import ledger
from buju.attest.ledger.gather import post, request_body

LEAVES = [ledger.leaf_hash(b"%d" % i) for i in range(10)]
FORKED = [*LEAVES[:3], *[ledger.leaf_hash(b"fork %d" % i) for i in range(7)]]


def nodes(leaves):
    return lambda level, index: ledger.root(leaves[index << level : (index + 1) << level])


def body(old, size, leaves=LEAVES, key=KEY, origin=ORIGIN, proof=None, root=None):
    if proof is None:
        proof = ledger.consistency_proof(old, size, nodes(leaves)) if old <= size else []
    text = ledger.format_checkpoint(origin, size, root or ledger.root(leaves[:size]))
    return request_body(old, proof, ledger.sign_note(text, [key.signer]))


@pytest.fixture
def witness(tmp_path):
    made = ledger.Witness(tmp_path, WITNESSES[0].signer, [KEY.verifier])
    server = ledger.serve_witness(made)
    yield server
    server.close()


def ask(server, data):
    return post(server.url + "/add-checkpoint", data, 5)


def test_every_row_of_the_protocol(witness):
    rows = [
        (body(0, 5, proof=[bytes(32)]), 422),
        (body(0, 0, root=bytes(32)), 422),
        (body(0, 5), 200),
        (body(5, 8), 200),
        (body(8, 10, leaves=FORKED), 422),
        (body(8, 8, root=bytes(32)), 422),
        (body(8, 8), 200),
        (body(5, 8), 409),
        (body(9, 8), 400),
        (body(8, 9, origin="example.com/unknown"), 404),
        (body(8, 9, key=OTHER), 403),
        (b"old 08\n\n" + body(8, 9).partition(b"\n\n")[2], 400),
        (b"\xff\xfe", 400),
    ]
    assert [ask(witness, data)[0] for data, _ in rows] == [status for _, status in rows]
    assert ask(witness, body(5, 9)) == (409, b"8\n")
    assert len(list((witness.witness.directory / "evidence").iterdir())) == 2


def test_state_is_kept_over_a_restart(tmp_path):
    for old, size, status in ((0, 5, 200), (5, 8, 200), (5, 6, 409), (0, 3, 409)):
        again = ledger.Witness(tmp_path, WITNESSES[0].signer, [KEY.verifier])
        assert again.add_checkpoint(body(old, size)).status == status
        again.close()


def test_a_failing_signature_of_a_known_key_is_refused(witness):
    good = body(0, 5).decode()
    broken = good[:-10] + ("A" if good[-10] != "A" else "B") + good[-9:]
    assert ask(witness, broken.encode())[0] == 403


def test_a_cosignature_opens_with_the_witness_key(witness):
    data = body(0, 5)
    status, line = ask(witness, data)
    note = data.decode().partition("\n\n")[2] + line.decode()
    assert status == 200 and ledger.open_note(note, [WITNESSES[0].verifier]).signatures[0].time


def test_a_witness_whose_clock_went_back_does_not_sign(tmp_path):
    ticks = iter([2e9, 2e9, 1.9e9, 1.9e9, 1.9e9])
    made = ledger.Witness(tmp_path, WITNESSES[0].signer, [KEY.verifier], lambda: next(ticks, 1.9e9))
    assert [made.add_checkpoint(body(o, s)).status for o, s in ((0, 5), (5, 8))] == [200, 503]
    made.close()
