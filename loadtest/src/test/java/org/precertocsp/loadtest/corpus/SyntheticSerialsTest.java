package org.precertocsp.loadtest.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.precertocsp.ocsp.Serial;

final class SyntheticSerialsTest {
    @Property
    void serials_have_16_octets_and_are_positive(
            @ForAll long seed, @ForAll @LongRange(min = 0, max = 1_000_000_000) long index) {
        SyntheticSerials serials = new SyntheticSerials(seed, 0.1);

        Serial serial = Serial.ofDerContent(serials.serial(index));

        assertThat(serial.content().length()).isEqualTo(16);
        assertThat(serial.number().signum()).isEqualTo(1);
    }

    @Property(tries = 50)
    void share_of_revoked_is_exact(
            @ForAll @DoubleRange(min = 0, max = 1) double share,
            @ForAll @LongRange(min = 1, max = 5_000) long count) {
        SyntheticSerials serials = new SyntheticSerials(1, share);

        long revoked = 0;
        for (long i = 0; i < count; i++) {
            revoked += serials.isRevoked(i) ? 1 : 0;
        }

        assertThat(revoked).isEqualTo(serials.revoked(count));
    }

    @Test
    void no_two_serials_are_equal_and_none_is_among_the_unassigned() {
        SyntheticSerials serials = new SyntheticSerials(7, 0.1);
        Set<Serial> seen = new HashSet<>();

        for (long i = 0; i < 100_000; i++) {
            assertThat(seen.add(Serial.ofDerContent(serials.serial(i)))).isTrue();
            assertThat(seen.add(Serial.ofDerContent(serials.unassigned(i)))).isTrue();
        }
    }

    @Test
    void another_seed_gives_other_serials() {
        assertThat(new SyntheticSerials(1, 0).serial(0))
                .isNotEqualTo(new SyntheticSerials(2, 0).serial(0));
    }
}
