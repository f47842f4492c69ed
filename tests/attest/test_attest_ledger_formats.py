"""Notes, checkpoints, proofs and policies: published texts, and what must be refused."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_rig import KEY, ORIGIN, OTHER, WITNESSES

from buju.attest import ledger
from buju.attest.ledger import LedgerRefused

# The worked example of C2SP signed-note and of golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
    "pRZb6KE6RyyBwJnAM=\n"
)
# RFC 6962 test tree, as every implementation publishes it.
LEAVES = [bytes.fromhex(h) for h in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("size", range(9))
def test_roots_of_the_published_tree(size):
    assert ledger.root([ledger.leaf_hash(d) for d in LEAVES[:size]]).hex() == ROOTS[size]


def test_a_published_note_opens():
    assert ledger.open_note(PETER_NOTE, [PETER]).text.startswith("If you think")
    with pytest.raises(LedgerRefused, match="note-signature"):
        ledger.open_note(PETER_NOTE.replace("problem is", "problem Is"), [PETER])


@st.composite
def trees(draw):
    n = draw(st.integers(1, 70))
    return [hashlib.sha256(b"%d" % i).digest() for i in range(n)]


def nodes(leaves):
    return lambda level, index: ledger.root(leaves[index << level : (index + 1) << level])


@given(trees(), st.data())
def test_proofs_verify_and_no_changed_proof_does(leaves, data):
    n, i = len(leaves), data.draw(st.integers(0, len(leaves) - 1))
    proof = ledger.inclusion_proof(i, n, nodes(leaves))
    root = ledger.root(leaves)
    assert ledger.verify_inclusion(i, n, leaves[i], proof, root)
    assert not ledger.verify_inclusion(i, n, leaves[i], [*proof, root], root)
    if proof:
        k = data.draw(st.integers(0, len(proof) - 1))
        assert not ledger.verify_inclusion(i, n, leaves[i], proof[:k] + proof[k + 1 :], root)
        bad = bytearray(proof[k])
        bad[data.draw(st.integers(0, 31))] ^= 1 << data.draw(st.integers(0, 7))
        changed = [*proof[:k], bytes(bad), *proof[k + 1 :]]
        assert not ledger.verify_inclusion(i, n, leaves[i], changed, root)
    m = data.draw(st.integers(0, n))
    path, old = ledger.consistency_proof(m, n, nodes(leaves)), ledger.root(leaves[:m])
    assert ledger.verify_consistency(m, n, path, old, root)
    assert not ledger.verify_consistency(m, n, [*path, root], old, root)
    if 0 < m < n:
        assert not ledger.verify_consistency(m, n, path, root, old)
        assert not ledger.verify_consistency(m, n, path[:-1], old, root)


HOSTILE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.binary(max_size=40),
    st.lists(st.one_of(st.none(), st.binary(min_size=30, max_size=33)), max_size=70),
    st.sampled_from([2**63, 2**64, -1, 10**400, float("nan")]),
)  # fmt: skip


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_verification_answers_anything_from_outside(a, b, c, d, e):
    assert ledger.verify_inclusion(a, b, c, d, e) in (True, False)
    assert ledger.verify_consistency(a, b, c, d, e) in (True, False)


GOOD = ledger.sign_note(ledger.format_checkpoint(ORIGIN, 1, ledger.leaf_hash(b"x")), [KEY.signer])


@given(st.text(max_size=300))
def test_parsers_refuse_or_invert(text):
    for parse, write in (
        (ledger.parse_checkpoint, lambda c: "\n".join(
            [ledger.format_checkpoint(c.origin, c.size, c.root)[:-1], *c.extensions]) + "\n"),
        (ledger.parse_proof, ledger.format_proof),
        (ledger.parse_policy, lambda p: p.text()),
        (ledger.parse_trust, lambda t: t.text()),
    ):  # fmt: skip
        try:
            found = parse(text)
        except LedgerRefused:
            continue
        assert parse(write(found)) == found


@given(st.integers(0, len(GOOD) - 1), st.characters())
def test_a_note_with_another_sign_opens_only_if_the_text_is_the_same(at, sign):
    changed = GOOD[:at] + sign + GOOD[at + 1 :]
    try:
        assert ledger.open_note(changed, [KEY.verifier]).text == GOOD.rpartition("\n\n")[0] + "\n"
    except LedgerRefused as refused:
        assert refused.code in ("note-malformed", "note-signature", "note-unsigned")


@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63),
       st.one_of(st.none(), st.binary(max_size=100)))  # fmt: skip
def test_proof_files_invert(index, path, extra):
    proof = ledger.Proof(index, tuple(path), GOOD, extra)
    assert ledger.parse_proof(ledger.format_proof(proof)) == proof


@pytest.mark.parametrize("kind", ["witness", "witness-ml-dsa-44"])
def test_cosignatures_carry_their_time(kind):
    pair = ledger.generate_key("w.example", kind)
    note = ledger.sign_note(GOOD.rpartition("\n\n")[0] + "\n", [KEY.signer, pair.signer], now=1234)
    opened = ledger.open_note(note, [pair.verifier])
    assert [s.time for s in opened.signatures] == [1234]


def test_a_policy_counts_groups():
    w = [f"witness x{i} {WITNESSES[i].verifier}" for i in range(4)]
    text = "\n".join([f"log {KEY.verifier}", *w, "group a 2 x0 x1 x2", "group b all a x3",
                      "quorum b", ""])  # fmt: skip
    policy = ledger.parse_policy(text)
    assert ledger.parse_policy(policy.text()) == policy
    assert policy.final({"x0", "x2", "x3"}) and not policy.final({"x0", "x1", "x2"})
    for wrong in ("quorum a\n", "group c 5 x0\n", "group c any x0\n", "quorum nobody\n"):
        with pytest.raises(LedgerRefused, match="policy-malformed"):
            ledger.parse_policy(text + wrong)


def test_giant_texts_are_refused_fast():
    for parse in (ledger.parse_checkpoint, ledger.parse_proof, ledger.parse_policy,
                  ledger.parse_trust, lambda t: ledger.open_note(t, [KEY.verifier])):  # fmt: skip
        with pytest.raises(LedgerRefused):
            parse("a\n" * 5_000_000)


def test_secrets_do_not_show():
    assert KEY.signer.split("+")[-1] not in repr(KEY)
    with pytest.raises(LedgerRefused) as refused:
        ledger.sign_note("x\n", [OTHER.signer[:-4] + "AAA="])
    assert OTHER.signer.split("+")[-1][:20] not in str(refused.value)
