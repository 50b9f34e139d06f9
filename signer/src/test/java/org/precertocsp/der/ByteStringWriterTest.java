package org.precertocsp.der;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ByteStringWriterTest {
    @Test
    void octets_come_in_the_order_written() {
        ByteStringWriter out = new ByteStringWriter(6);
        out.put(0x1FF);
        out.put(new byte[] {1, 2});
        out.put(ByteString.ofHex("a0b0c0"));

        assertThat(out.toByteString()).isEqualTo(ByteString.ofHex("ff0102a0b0c0"));
    }

    @Test
    void what_was_handed_over_cannot_be_changed() {
        ByteStringWriter out = new ByteStringWriter(1);
        out.put(7);
        ByteString octets = out.toByteString();

        assertThatThrownBy(() -> out.put(8)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> out.put(octets)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> out.put(new byte[1]))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(out::toArray).isInstanceOf(IllegalStateException.class);
        assertThat(octets).isEqualTo(ByteString.ofHex("07"));
    }

    @Test
    void too_few_and_too_many_octets_are_defects() {
        ByteStringWriter out = new ByteStringWriter(2);
        out.put(1);

        assertThatThrownBy(out::toByteString).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> out.put(new byte[2]))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
