package org.precertocsp.loadtest.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.precertocsp.ocsp.Serial;

final class CounterBasedRandomTest {
    @Property(tries = 20)
    void numbers_of_one_seed_do_not_repeat_and_are_the_same_in_any_order(@ForAll long seed) {
        Set<Long> seen = new HashSet<>();
        for (long position = 0; position < 10_000; position++) {
            assertThat(seen.add(CounterBasedRandom.of(seed, position))).isTrue();
        }
        assertThat(CounterBasedRandom.of(seed, 17)).isEqualTo(CounterBasedRandom.of(seed, 17));
        assertThat(seen).contains(CounterBasedRandom.of(seed, 9_999));
    }

    @Test
    void another_seed_gives_other_numbers() {
        Set<Long> seen = new HashSet<>();
        for (long seed = -500; seed < 500; seed++) {
            assertThat(seen.add(CounterBasedRandom.of(seed, 3))).isTrue();
        }
    }

    /// The shares of a mix look at 16 bits each, so each bit must be a fair coin of its own.
    @Test
    void every_bit_is_set_in_half_of_the_numbers() {
        int[] set = new int[Long.SIZE];
        int numbers = 20_000;
        for (int position = 0; position < numbers; position++) {
            long random = CounterBasedRandom.of(1, position);
            for (int bit = 0; bit < Long.SIZE; bit++) {
                set[bit] += (int) (random >>> bit & 1);
            }
        }
        for (int count : set) {
            assertThat(count / (double) numbers).isCloseTo(0.5, within(0.02));
        }
    }

    @Test
    void units_are_from_zero_to_just_below_one() {
        assertThat(CounterBasedRandom.unit(0)).isZero();
        assertThat(CounterBasedRandom.unit(-1)).isLessThan(1).isGreaterThan(0.999_999_999);
        assertThat(CounterBasedRandom.unit(1L << 63)).isEqualTo(0.5);
    }

    @Property(tries = 200)
    void random_serials_are_positive_and_minimal_der(
            @ForAll long seed, @ForAll @IntRange(max = Integer.MAX_VALUE - 1) int row) {
        SerialTable table = SerialTable.random(seed, Integer.MAX_VALUE, ExpectedStatus.UNASSIGNED);

        Serial serial = table.serial(row);

        assertThat(serial.number().signum()).isEqualTo(1);
        assertThat(serial).isEqualTo(Serial.of(serial.number()));
        assertThat(serial.content().length()).isEqualTo(16);
        assertThat(table.expected(row)).isEqualTo(ExpectedStatus.UNASSIGNED);
    }

    @Test
    void every_shape_of_a_request_has_a_kind_of_its_own() {
        Set<Integer> kinds = new HashSet<>();
        boolean[] both = {false, true};
        for (ExpectedStatus expected : ExpectedStatus.values()) {
            for (boolean get : both) {
                for (boolean sha256 : both) {
                    for (boolean nonce : both) {
                        int kind = EncodedRequest.kind(expected, get, sha256, nonce);
                        kinds.add(kind);
                        assertThat(EncodedRequest.expected(kind)).isEqualTo(expected);
                        assertThat(EncodedRequest.isGet(kind)).isEqualTo(get);
                        assertThat(EncodedRequest.isSha256(kind)).isEqualTo(sha256);
                        assertThat(EncodedRequest.hasNonce(kind)).isEqualTo(nonce);
                    }
                }
            }
        }
        assertThat(kinds).hasSize(EncodedRequest.KINDS).allMatch(it -> it < EncodedRequest.KINDS);
    }
}
