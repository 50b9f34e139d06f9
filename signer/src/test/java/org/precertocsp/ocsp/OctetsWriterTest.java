package org.precertocsp.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class OctetsWriterTest {
    @Test
    void octets_come_in_the_order_written() {
        OctetsWriter out = new OctetsWriter(6);
        out.put(0x1FF);
        out.put(new byte[] {1, 2});
        out.put(Octets.ofHex("a0b0c0"));

        assertThat(out.toOctets()).isEqualTo(Octets.ofHex("ff0102a0b0c0"));
    }

    @Test
    void what_was_handed_over_cannot_be_changed() {
        OctetsWriter out = new OctetsWriter(1);
        out.put(7);
        Octets octets = out.toOctets();

        assertThatThrownBy(() -> out.put(8)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> out.put(octets)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> out.put(new byte[1]))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(out::toArray).isInstanceOf(IllegalStateException.class);
        assertThat(octets).isEqualTo(Octets.ofHex("07"));
    }

    @Test
    void too_few_and_too_many_octets_are_defects() {
        OctetsWriter out = new OctetsWriter(2);
        out.put(1);

        assertThatThrownBy(out::toOctets).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> out.put(new byte[2]))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
