"""Draws found by name: the published vectors, an independent twin, and what a name may move."""

import math

import numpy as np
import pytest
from numba import njit
from numba.extending import register_jitable

from sim import streams
from sim.streams import block, key, name_hash, parameter_uniform, philox, uniform

FULL = 0xFFFFFFFF
PUBLISHED = {  # Random123, kat_vectors, "philox4x32 10": counter, key, words
    "zero": ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    "ones": ((FULL,) * 4, (FULL,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    "pi": (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
}


def independent(counter, keys, rounds=10):
    """Philox4x32 on whole uint64 arrays, (4, n) and (2, n), written from the paper's figure."""
    x = counter.astype(np.uint64)
    k = keys.astype(np.uint64)
    word = np.uint64(2**32)
    for _ in range(rounds):
        products = np.array([[0xD2511F53], [0xCD9E8D57]], dtype=np.uint64) * x[[0, 2]]
        high, low = products // word, products % word
        x = np.array([high[1] ^ x[1] ^ k[0], low[1], high[0] ^ x[3] ^ k[1], low[0]])
        k = (k + np.array([[0x9E3779B9], [0xBB67AE85]], dtype=np.uint64)) % word
    return x


def many_inputs(n, seed):
    words = np.random.default_rng(seed).integers(0, 2**32, size=(6, n), dtype=np.uint64)
    edges = np.array([0, 1, 2**31 - 1, 2**31, FULL - 1, FULL], dtype=np.uint64)
    words[:, : n // 4] = np.random.default_rng(seed + 1).choice(edges, size=(6, n // 4))
    return words


@pytest.fixture(scope="module")
def compiled():
    """The same functions under numba, as they stand."""
    for function in streams.COMPILABLE:
        register_jitable(function)
    return {function.__name__: njit(function) for function in streams.COMPILABLE}


@pytest.mark.parametrize(("counter", "keys", "words"), PUBLISHED.values(), ids=PUBLISHED)
def test_philox_gives_the_published_words(counter, keys, words, compiled):
    assert philox(*counter, *keys) == words
    assert compiled["philox"](*counter, *keys) == words
    other = independent(np.array([counter]).T, np.array([keys]).T)
    assert tuple(int(word) for word in other[:, 0]) == words


def test_philox_equals_an_independent_implementation_bit_for_bit(compiled):
    words = many_inputs(4_000, seed=3)
    expected = independent(words[:4], words[4:]).T.tolist()
    rows = words.T.tolist()
    assert [list(philox(*row)) for row in rows] == expected
    assert [list(compiled["philox"](*row)) for row in rows] == expected
    arrays = philox(*words.astype(np.int64))
    assert np.array_equal(np.array(arrays).T, expected)
    nine = independent(words[:4], words[4:], rounds=9).T.tolist()
    assert not any(one == other for one, other in zip(nine, expected, strict=True))  # control


def test_block_compiled_equals_block_in_python(compiled):
    rng = np.random.default_rng(5)
    seeds = [0, 1, 2**32 - 1, 2**32, 2**63 - 1, *rng.integers(0, 2**63, size=2_000).tolist()]
    for seed in seeds:
        where = rng.integers(0, 2**32, size=4).tolist()
        assert compiled["block"](seed, *where) == block(seed, *where)


@pytest.mark.parametrize("seed", [2**63, 2**63 + 12345, 2**64 - 1])
def test_a_seed_above_63_bits_keeps_all_its_bits(seed, compiled):
    assert key(seed) == (seed % 2**32, seed // 2**32)
    wrapped = seed - 2**64  # the int64 with the same bits
    assert key(wrapped) == compiled["key"](wrapped) == key(seed)
    assert compiled["block"](wrapped, 1, 2, 3, 4) == block(seed, 1, 2, 3, 4)
    assert block(seed, 1, 2, 3, 4) != block(seed - 2**63, 1, 2, 3, 4)  # the top bit counts


def test_block_reads_the_words_as_designed():
    a, b, c, d = philox(77, 1, 2, 3, 5, 6)
    delay, option = block(5 + (6 << 32), 77, 1, 2, 3)
    assert delay == (((a * 2**32 + b) >> 11) + 0.5) * 2.0**-53
    assert option == (((c * 2**32 + d) >> 11) + 0.5) * 2.0**-53
    assert (delay, option) != block(6 + (5 << 32), 77, 1, 2, 3)  # low word first


def test_a_uniform_is_never_zero_nor_one(compiled):
    for give in (uniform, compiled["uniform"]):
        assert give(0, 0) == 2.0**-54
        assert give(0, 0x7FF) == 2.0**-54  # the lowest eleven bits are not used
        assert give(FULL, FULL) == 1 - 2.0**-53
        assert give(FULL, FULL - 0x800) < 1
        assert give(0x80000000, 0) == 0.5
    assert (2**53 - 1 + 0.5) * 2.0**-53 == 1.0  # control: unguarded, the last word would be one


def test_uniforms_are_uniform():
    n, cells = 100_000, 100
    words = philox(np.full(n, name_hash("transition:t")), *np.arange(3 * n).reshape(3, n), 1, 0)
    for high, low in (words[:2], words[2:]):
        drawn = (((high << 21) | (low >> 11)) + 0.5) * 2.0**-53
        assert abs(chi_square_z(drawn, cells)) < 4
        assert chi_square_z(drawn**1.05, cells) > 4  # control
    first, second = (((w << 21) + 0.5) * 2.0**-53 for w in (words[0], words[2]))
    assert abs(np.corrcoef(first, second)[0, 1]) * math.sqrt(n) < 4


def chi_square_z(drawn, cells):
    """Pearson's chi-square against equal cells, as a z-score (mean cells - 1, variance twice)."""
    counts = np.bincount((drawn * cells).astype(int), minlength=cells)
    expected = len(drawn) / cells
    chi = ((counts - expected) ** 2 / expected).sum()
    return (chi - (cells - 1)) / math.sqrt(2 * (cells - 1))


def test_draws_of_two_names_are_independent():
    n = 20_000
    seen = np.array(
        [[block(1, name_hash(f"transition:{name}"), 0, i, 0)[0] for i in range(n)] for name in "ab"]
    )
    assert abs(np.corrcoef(seen)[0, 1]) * math.sqrt(n) < 4
    assert np.corrcoef(seen[0], seen[0])[0, 1] * math.sqrt(n) > 4  # control: one name twice
    for step in (1, 7):  # nor are consecutive paths of one name
        assert abs(np.corrcoef(seen[0, step:], seen[0, :-step])[0, 1]) * math.sqrt(n) < 4


def test_every_place_of_the_counter_matters():
    here = block(1, 2, 3, 4, 5)
    assert len({here, block(2, 2, 3, 4, 5), block(1, 3, 3, 4, 5), block(1, 2, 4, 4, 5),
                block(1, 2, 3, 5, 5), block(1, 2, 3, 4, 6)}) == 6  # fmt: skip


def test_identity_is_the_start_of_blake2s():
    from hashlib import blake2s

    text = "transition:art4.überfall"
    digest = blake2s(text.encode()).hexdigest()
    assert name_hash(text) == int(digest[6:8] + digest[4:6] + digest[2:4] + digest[0:2], 16)
    assert name_hash("parameter:x") != name_hash("transition:x")


@pytest.mark.parametrize("number", [0, 1, 17])
def test_every_block_of_a_hundred_draws_meets_each_stratum_once(number):
    draws = [parameter_uniform(1, "restraint", 100 * number + i) for i in range(100)]
    assert sorted(int(u * 100) for u in draws) == list(range(100))
    assert all(0 < u < 1 for u in draws)
    shifted = [parameter_uniform(1, "restraint", 100 * number + 50 + i) for i in range(100)]
    assert sorted(int(u * 100) for u in shifted) != list(range(100))  # control: across two blocks


def test_a_parameters_draw_follows_the_rule_step_by_step():
    h, seed, start = name_hash("parameter:restraint"), 9, 300
    words = [philox(h, start + i, 0, 0, seed, 0) for i in range(100)]
    order = [uniform(a, b) for a, b, _, _ in words]
    for i, (_, _, c, d) in enumerate(words):
        stratum = sum(other < order[i] for other in order)
        expected = (stratum + uniform(c, d)) / 100
        assert parameter_uniform(seed, "restraint", start + i) == expected


def test_a_draw_depends_on_seed_name_and_number_alone():
    alone = parameter_uniform(1, "a", 250)
    streams._parameter_block.cache_clear()
    among = [parameter_uniform(1, name, d) for d in range(400) for name in ("b", "a", "c")]
    assert among[250 * 3 + 1] == alone
    assert parameter_uniform(2, "a", 250) != alone != parameter_uniform(1, "b", 250)  # control


def test_parameter_draws_are_uniform_between_blocks_and_names_unrelated():
    blocks = 2_000
    first = np.array([parameter_uniform(1, "a", 100 * i) for i in range(blocks)])
    second = np.array([parameter_uniform(1, "b", 100 * i) for i in range(blocks)])
    assert abs(chi_square_z(first, 20)) < 4
    assert chi_square_z(first**1.3, 20) > 4  # control
    assert abs(np.corrcoef(first, second)[0, 1]) * math.sqrt(blocks) < 4


def test_stratified_means_are_far_closer_than_plain_ones():
    # The mean of one block has sd 1 / (100 sqrt(12 * 100)) against 1 / sqrt(12 * 100) unstratified.
    means = np.array([np.mean([parameter_uniform(1, "a", 100 * i + j) for j in range(100)])
                      for i in range(50)])  # fmt: skip
    sd = 1 / (100 * math.sqrt(1200))
    assert np.abs((means - 0.5) / sd).max() < 5  # 50 means: P(|z| > 5) each is 6e-7
    plain = np.random.default_rng(1).random((50, 100)).mean(axis=1)
    assert np.abs((plain - 0.5) / sd).max() > 5  # control
