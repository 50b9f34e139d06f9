package org.precertocsp.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class OctetsTest {
    @Property
    void equality_hash_and_hex_follow_the_content(@ForAll byte[] array) {
        Octets octets = Octets.of(array);

        assertThat(octets).isEqualTo(Octets.of(array.clone())).hasSameHashCodeAs(Octets.of(array));
        assertThat(Octets.ofHex(octets.toHex())).isEqualTo(octets);
        assertThat(octets.toArray()).isEqualTo(array);
        assertThat(octets.length()).isEqualTo(array.length);
    }

    @Property
    void order_agrees_with_equality_and_is_antisymmetric(
            @ForAll byte[] first, @ForAll byte[] second) {
        int order = Octets.of(first).compareTo(Octets.of(second));

        assertThat(order == 0).isEqualTo(Octets.of(first).equals(Octets.of(second)));
        assertThat(Integer.signum(order))
                .isEqualTo(-Integer.signum(Octets.of(second).compareTo(Octets.of(first))));
    }

    @Test
    void order_is_unsigned_with_a_prefix_first() {
        assertThat(Octets.ofHex("7f")).isLessThan(Octets.ofHex("80"));
        assertThat(Octets.ofHex("01")).isLessThan(Octets.ofHex("0100"));
    }

    @Test
    void arrays_that_went_in_or_came_out_change_nothing() {
        byte[] in = {1, 2, 3};
        Octets octets = Octets.of(in);
        in[0] = 9;
        octets.toArray()[1] = 9;

        assertThat(octets).isEqualTo(Octets.ofHex("010203"));
        assertThat(octets.at(2)).isEqualTo((byte) 3);
    }

    @Test
    void a_range_is_copied_and_one_outside_refused() {
        byte[] source = {1, 2, 3, 4};
        byte[] target = new byte[4];

        assertThat(Octets.of(source, 1, 2)).isEqualTo(Octets.ofHex("0203"));
        Octets.of(source, 1, 2).copyTo(target, 2);
        assertThat(target).containsExactly(0, 0, 2, 3);
        assertThatThrownBy(() -> Octets.of(source, 2, 3))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void bytes_are_found_anywhere_in_an_array() {
        byte[] source = {1, 2, 3, 4};

        assertThat(Octets.ofHex("0304").areIn(source)).isTrue();
        assertThat(Octets.ofHex("0305").areIn(source)).isFalse();
        assertThat(Octets.ofHex("0102030405").areIn(source)).isFalse();
    }
}
