package org.precertocsp.responder.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.status.TestChanges;

/// The bytes of stored responses, and of the signatures in them.
final class ResponseCodecTest {
    private static final HexFormat HEX = HexFormat.of();

    @Property
    void an_ecdsa_signature_comes_back_octet_for_octet(
            @ForAll @Size(32) byte[] r, @ForAll @Size(32) byte[] s) {
        byte[] both = Arrays.copyOf(r, 64);
        System.arraycopy(s, 0, both, 32, 32);
        byte[] der = EcdsaSignatureCodec.der(both);

        byte[] compact = Objects.requireNonNull(EcdsaSignatureCodec.compact(der));

        assertThat(compact).hasSizeLessThanOrEqualTo(64);
        assertThat(EcdsaSignatureCodec.der(compact)).isEqualTo(der);
    }

    @Property
    void any_octets_are_compacted_only_if_they_come_back(@ForAll byte[] octets) {
        byte[] compact = EcdsaSignatureCodec.compact(octets);

        assertThat(compact == null || Arrays.equals(EcdsaSignatureCodec.der(compact), octets))
                .isTrue();
    }

    @Test
    void small_numbers_and_padded_ones_are_told_apart() {
        assertThat(EcdsaSignatureCodec.compact(HEX.parseHex("3006020101020102")))
                .containsExactly(1, 2);
        assertThat(EcdsaSignatureCodec.compact(HEX.parseHex("300702020001020102"))).isNull();
        assertThat(EcdsaSignatureCodec.compact(HEX.parseHex("3006020181020102"))).isNull();
        assertThat(EcdsaSignatureCodec.compact(HEX.parseHex("300702020080020102")))
                .containsExactly(0x80, 2);
    }

    @Test
    void a_good_p256_response_of_two_days_takes_74_octets() {
        assertThat(ResponseCodec.encode(TestResponses.good(TestChanges.KEY), 1)).hasSize(74);
    }

    @Test
    void damaged_rows_are_refused() {
        byte[] row = ResponseCodec.encode(TestResponses.good(TestChanges.KEY), 1);

        assertThatThrownBy(() -> decode(Arrays.copyOf(row, 10))).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> decode(Arrays.copyOf(row, 4))).isInstanceOf(StoreException.class);
        row[0] = (byte) 0xe0;
        assertThatThrownBy(() -> decode(row))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("format");
    }

    private static Object decode(byte[] row) {
        return ResponseCodec.decode(
                TestResponses.usual(TestChanges.KEY), row, _ -> TestResponses.TEMPLATE);
    }
}
