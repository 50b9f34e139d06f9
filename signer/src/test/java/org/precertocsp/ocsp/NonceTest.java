package org.precertocsp.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.der.ByteString;

final class NonceTest {
    @Property
    @Requirement({"NO-02", "NO-03"})
    void sixteen_to_thirty_two_octets_are_echoable(@ForAll @IntRange(min = 1, max = 128) int n) {
        assertThat(new Nonce(ByteString.of(new byte[n])).isEchoable())
                .isEqualTo(n >= 16 && n <= 32);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 129, 4096})
    @Requirement("NO-04")
    void none_or_more_than_128_octets_are_no_nonce(int length) {
        assertThatThrownBy(() -> new Nonce(ByteString.of(new byte[length])))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
