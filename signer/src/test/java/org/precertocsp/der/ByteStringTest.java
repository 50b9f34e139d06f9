package org.precertocsp.der;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class ByteStringTest {
    @Property
    void equality_hash_and_hex_follow_the_content(@ForAll byte[] array) {
        ByteString octets = ByteString.of(array);

        assertThat(octets)
                .isEqualTo(ByteString.of(array.clone()))
                .hasSameHashCodeAs(ByteString.of(array));
        assertThat(ByteString.ofHex(octets.toHex())).isEqualTo(octets);
        assertThat(octets.toArray()).isEqualTo(array);
        assertThat(octets.length()).isEqualTo(array.length);
    }

    @Property
    void order_agrees_with_equality_and_is_antisymmetric(
            @ForAll byte[] first, @ForAll byte[] second) {
        int order = ByteString.of(first).compareTo(ByteString.of(second));

        assertThat(order == 0).isEqualTo(ByteString.of(first).equals(ByteString.of(second)));
        assertThat(Integer.signum(order))
                .isEqualTo(-Integer.signum(ByteString.of(second).compareTo(ByteString.of(first))));
    }

    @Test
    void order_is_unsigned_with_a_prefix_first() {
        assertThat(ByteString.ofHex("7f")).isLessThan(ByteString.ofHex("80"));
        assertThat(ByteString.ofHex("01")).isLessThan(ByteString.ofHex("0100"));
    }

    @Test
    void arrays_that_went_in_or_came_out_change_nothing() {
        byte[] in = {1, 2, 3};
        ByteString octets = ByteString.of(in);
        in[0] = 9;
        octets.toArray()[1] = 9;

        assertThat(octets).isEqualTo(ByteString.ofHex("010203"));
        assertThat(octets.at(2)).isEqualTo((byte) 3);
    }

    @Test
    void a_range_is_copied_and_one_outside_refused() {
        byte[] source = {1, 2, 3, 4};
        byte[] target = new byte[4];

        assertThat(ByteString.of(source, 1, 2)).isEqualTo(ByteString.ofHex("0203"));
        ByteString.of(source, 1, 2).copyTo(target, 2);
        assertThat(target).containsExactly(0, 0, 2, 3);
        assertThatThrownBy(() -> ByteString.of(source, 2, 3))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void bytes_are_found_anywhere_in_an_array() {
        byte[] source = {1, 2, 3, 4};

        assertThat(ByteString.ofHex("0304").areIn(source)).isTrue();
        assertThat(ByteString.ofHex("0305").areIn(source)).isFalse();
        assertThat(ByteString.ofHex("0102030405").areIn(source)).isFalse();
    }
}
