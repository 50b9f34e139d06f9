package org.precertocsp.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.der.ByteString;

final class SerialTest {
    private static final String LARGEST = "1461501637330902918203684832716283019655932542975";
    private static final String SMALLEST = "-730750818665451459101842416358141509827966271488";

    @Property
    @Requirement("SS-16")
    void content_octets_are_those_of_the_number_in_der(
            @ForAll @BigRange(min = SMALLEST, max = LARGEST) BigInteger number) {
        Serial serial = Serial.of(number);

        assertThat(serial.content()).isEqualTo(ByteString.of(number.toByteArray()));
        assertThat(serial.number()).isEqualTo(number);
        assertThat(Serial.ofDerContent(serial.content().toArray())).isEqualTo(serial);
    }

    @Property
    void hexadecimal_is_read_however_people_write_it(
            @ForAll @BigRange(min = "0", max = LARGEST) BigInteger number) {
        String hex = number.toString(16);
        Serial serial = Serial.of(number);

        assertThat(Serial.ofHex(hex)).isEqualTo(serial);
        assertThat(Serial.ofHex("0x" + hex.toUpperCase(Locale.ROOT))).isEqualTo(serial);
        assertThat(Serial.ofHex("00000000" + hex)).isEqualTo(serial);
        assertThat(Serial.ofHex(hex.replaceAll("(..)(?=.)", "$1:"))).isEqualTo(serial);
        assertThat(Serial.ofHex(serial.toHex())).isEqualTo(serial);
    }

    @Property
    void any_octets_are_a_serial_that_keeps_them_or_an_error(
            @ForAll @Size(max = 24) byte[] octets) {
        try {
            assertThat(Serial.ofDerContent(octets).content()).isEqualTo(ByteString.of(octets));
        } catch (InvalidSerialException _) {
            boolean padded =
                    octets.length > 1
                            && ((octets[0] == 0 && octets[1] >= 0)
                                    || (octets[0] == -1 && octets[1] < 0));
            assertThat(octets.length == 0 || octets.length > 20 || padded).isTrue();
        }
    }

    @Test
    @Requirement("SS-16")
    void a_high_bit_keeps_its_leading_zero() {
        Serial serial = Serial.of(BigInteger.valueOf(0x80));

        assertThat(serial.toHex()).isEqualTo("0080");
        assertThat(serial).isEqualTo(Serial.ofHex("80"));
    }

    @Test
    @Requirement("SS-15")
    void twenty_octets_are_a_serial_and_twenty_one_are_not() {
        String twenty = "ff".repeat(20);

        assertThat(Serial.ofHex(twenty).content().length()).isEqualTo(21);
        assertThatThrownBy(() -> Serial.ofHex("1" + "00".repeat(20)))
                .isInstanceOf(InvalidSerialException.class)
                .hasMessageContaining("20 bytes");
        assertThatThrownBy(() -> Serial.ofDerContent(new byte[] {1, 0, 0}, 0, 0))
                .isInstanceOf(InvalidSerialException.class);
    }

    @Test
    @Requirement("SS-15")
    void zero_and_negative_serials_are_representable() {
        assertThat(Serial.of(BigInteger.ZERO).toHex()).isEqualTo("00");
        assertThat(Serial.of(BigInteger.ONE.negate()).toHex()).isEqualTo("ff");
        assertThat(Serial.ofHex("-01")).isEqualTo(Serial.of(BigInteger.ONE.negate()));
    }

    @Test
    void text_that_is_no_number_is_refused() {
        for (String text : new String[] {"", "0x", "-", "12g4", "1.5", "０１"}) {
            assertThatThrownBy(() -> Serial.ofHex(text))
                    .as(text)
                    .isInstanceOf(InvalidSerialException.class);
        }
    }

    @Test
    void padded_der_is_refused() {
        assertThatThrownBy(() -> Serial.ofDerContent(new byte[] {0, 1}))
                .isInstanceOf(InvalidSerialException.class)
                .hasMessageContaining("minimal");
        assertThatThrownBy(() -> Serial.ofDerContent(new byte[] {-1, -2}))
                .isInstanceOf(InvalidSerialException.class);
    }

    @Test
    void a_range_past_the_end_of_its_buffer_is_never_padded() {
        assertThatThrownBy(() -> Serial.ofDerContent(new byte[] {1, 2}, 1, 3))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void order_is_that_of_unsigned_octets() {
        assertThat(Serial.ofHex("7f")).isLessThan(Serial.of(BigInteger.ONE.negate()));
        assertThat(Serial.ofHex("80")).isLessThan(Serial.ofHex("7f"));
    }
}
