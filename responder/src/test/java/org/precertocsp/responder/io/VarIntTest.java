package org.precertocsp.responder.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VarIntTest {
    @Property
    void written_numbers_are_read_again(@ForAll @IntRange(min = 0) int number) {
        assertRead(number);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455, 268_435_456})
    void numbers_around_each_length_are_read_again(int number) {
        assertRead(number);
    }

    private static void assertRead(int number) {
        byte[] bytes = new byte[VarInt.size(number) + 2];
        assertThat(VarInt.write(number, bytes, 1)).isEqualTo(bytes.length - 1);
        assertThat(VarInt.read(bytes, 1)).isEqualTo(number);
        bytes[bytes.length - 2] |= (byte) 0x80;
        assertThat(VarInt.read(Arrays.copyOf(bytes, bytes.length - 1), 1))
                .as("cut short")
                .isEqualTo(-1);
    }

    /// One number, one encoding.
    @Property
    void any_bytes_are_invalid_or_what_would_be_written(@ForAll @Size(max = 7) byte[] bytes) {
        int number = VarInt.read(bytes, 0);

        if (number >= 0) {
            byte[] written = new byte[VarInt.size(number)];
            VarInt.write(number, written, 0);
            assertThat(bytes).startsWith(written);
        } else {
            assertThat(number).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x08, 0x7f})
    void more_than_31_bits_are_invalid(int last) {
        byte[] bytes = {-1, -1, -1, -1, (byte) last};

        assertThat(VarInt.read(bytes, 0)).isEqualTo(-1);
        bytes[4] = 7;
        assertThat(VarInt.read(bytes, 0)).isEqualTo(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void padding_is_invalid(int zeros) {
        byte[] bytes = new byte[zeros + 1];
        Arrays.fill(bytes, 0, zeros, (byte) 0x80);

        assertThat(VarInt.read(bytes, 0)).isEqualTo(-1);
    }
}
