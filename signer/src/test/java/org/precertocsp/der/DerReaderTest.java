package org.precertocsp.der;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DerReaderTest {
    /// SEQUENCE { INTEGER 5, [0] { BOOLEAN TRUE }, OCTET STRING ab }
    private static final byte[] SAMPLE = hex("300b 020105 a003 0101ff 0401ab");

    @Test
    void elements_are_read_one_after_the_other() throws MalformedDerException {
        DerReader reader = DerReader.strict(SAMPLE);

        DerReader inside = reader.inside(DerTag.SEQUENCE, "a sequence");
        inside.next(DerTag.INTEGER, "a number");
        assertThat(inside.contentAt(0)).isEqualTo(5);
        assertThat(inside.nextIf(DerTag.context(1))).isFalse();
        assertThat(inside.nextIf(DerTag.context(0))).isTrue();
        DerReader tagged = inside.inside();
        tagged.next();
        inside.next(DerTag.OCTET_STRING, "a string");
        assertThat(inside.content()).isEqualTo(ByteString.ofHex("ab"));
        assertThat(inside.encoded()).isEqualTo(ByteString.ofHex("0401ab"));
        inside.expectEnd("the sequence");
        reader.expectEnd("the input");
    }

    @Test
    void one_reader_steps_in_and_out_and_serves_the_next_input() throws MalformedDerException {
        DerReader reader = DerReader.strict(new byte[0]);
        byte[] framed = new byte[SAMPLE.length + 10];
        System.arraycopy(SAMPLE, 0, framed, 7, SAMPLE.length);

        reader.reset(framed, 7, SAMPLE.length);
        int whole = reader.enter(DerTag.SEQUENCE, "a sequence");
        reader.next(DerTag.INTEGER, "a number");
        int tagged = reader.enter(DerTag.context(0), "a flag");
        reader.next(DerTag.BOOLEAN, "a flag");
        assertThat(reader.contentStart()).isEqualTo(7 + 9);
        reader.leave(tagged, "a flag");
        assertThatThrownBy(() -> reader.leave(whole, "the sequence"))
                .isInstanceOf(MalformedDerException.class)
                .hasMessage("more than belongs in the sequence (offset 17)");
        reader.next(DerTag.OCTET_STRING, "a string");
        reader.leave(whole, "the sequence");
        assertThat(reader.hasMore()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    3003020105 | an integer expected, found tag 0x30 (offset 0)
                    02         | an element is cut short (offset 0)
                    ''         | an integer is missing (offset 0)
                    020205     | an element longer than what holds it (offset 0)
                    028005     | an indefinite length, which DER does not know (offset 0)
                    0285000000000105 | a length of more than 4 bytes (offset 0)
                    0284ffffffff     | an element longer than what holds it (offset 0)
                    0282ff     | an element is cut short (offset 0)
                    02810105   | a length of more bytes than needed (X.690 §10.1) (offset 0)
                    """)
    void what_is_malformed_is_told_with_its_offset(String hex, String message) {
        DerReader reader = DerReader.strict(hex(hex));

        assertThatThrownBy(() -> reader.next(DerTag.INTEGER, "an integer"))
                .isInstanceOf(MalformedDerException.class)
                .hasMessage(message);
        assertThat(reader.position()).isZero();
    }

    @Test
    void a_tag_of_several_bytes_is_malformed() {
        assertThatThrownBy(() -> DerReader.strict(hex("1f810100")).next())
                .hasMessage("a tag of several bytes (offset 0)");
    }

    @Test
    void offsets_of_a_part_count_from_the_start_of_the_whole_input() throws MalformedDerException {
        DerReader part = DerReader.lenient(hex("3003020401"), 1000).inside(DerTag.SEQUENCE, "part");

        assertThatThrownBy(part::next)
                .hasMessage("an element longer than what holds it (offset 1002)");
    }

    @Test
    void only_the_lenient_reader_accepts_longer_lengths_than_needed() throws MalformedDerException {
        DerReader lenient = DerReader.lenient(hex("028400000001 05"));

        lenient.next(DerTag.INTEGER, "a number");
        assertThat(lenient.contentAt(0)).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0600", "060180", "06022a80", "0603802a03"})
    void object_identifiers_without_whole_arcs_are_malformed(String hex) {
        assertThatThrownBy(() -> DerReader.strict(hex(hex)).nextOid("a type"))
                .isInstanceOf(MalformedDerException.class)
                .hasMessageContaining("X.690 §8.19");
    }

    @Test
    void times_are_read_in_the_one_form_of_der() throws MalformedDerException {
        assertThat(second("20260301120000Z")).isEqualTo(1_772_366_400L);
        for (String other :
                new String[] {
                    "202603011200Z",
                    "20260301120000.5Z",
                    "20260301120060Z",
                    "20260230120000Z",
                    "20260301240000Z",
                    "2026030112000aZ",
                    "20260301120000z"
                }) {
            assertThatThrownBy(() -> second(other)).isInstanceOf(MalformedDerException.class);
        }
    }

    private static long second(String text) throws MalformedDerException {
        DerReader reader =
                DerReader.strict(
                        DerWriter.encode(
                                DerTag.GENERALIZED_TIME, text.getBytes(StandardCharsets.US_ASCII)));
        reader.next();
        return reader.epochSecond();
    }

    @Test
    void a_stream_is_read_beyond_its_buffer() throws IOException, MalformedDerException {
        byte[] first = DerWriter.encode(DerTag.OCTET_STRING, new byte[100_000]);
        byte[] second = DerWriter.encode(DerTag.INTEGER, new byte[] {7});
        byte[] whole = DerWriter.encode(DerTag.SEQUENCE, first, second);

        try (DerStreamReader stream = new DerStreamReader(new ByteArrayInputStream(whole))) {
            DerHeader sequence = stream.header(DerTag.SEQUENCE, "a list", Long.MAX_VALUE);
            DerHeader string = stream.header(DerTag.OCTET_STRING, "a string", sequence.end());
            ByteArrayOutputStream half = new ByteArrayOutputStream();
            stream.copyTo(string.content() + 50_000, half);
            assertThat(half.size()).isEqualTo(50_000);
            stream.skipTo(string.end());
            DerHeader number = stream.header(DerTag.INTEGER, "a number", sequence.end());
            assertThat(stream.content(number, 8)).containsExactly(7);
            assertThat(stream.read()).isEqualTo(-1);
        }
        try (DerStreamReader cut =
                new DerStreamReader(
                        new ByteArrayInputStream(Arrays.copyOf(whole, whole.length - 1)))) {
            DerHeader sequence = cut.header(DerTag.SEQUENCE, "a list", Long.MAX_VALUE);
            assertThatThrownBy(() -> cut.skipTo(sequence.end()))
                    .hasMessage("the file ends in the middle (offset %d)", whole.length - 1);
        }
    }

    @Test
    void indefinite_lengths_become_definite() throws MalformedDerException {
        byte[] ber = hex("3080 020105 2480 0402abcd 0401ef 0000 0000 ff");

        assertThat(BerConverter.toDefinite(ber)).isEqualTo(hex("3008 020105 0403abcdef ff"));
        assertThat(BerConverter.firstInside(ber)).isEqualTo(hex("020105"));
        assertThat(BerConverter.toDefinite(hex("308103020105"))).isEqualTo(hex("308103020105"));
        assertThatThrownBy(() -> BerConverter.toDefinite(hex("3080 0201")))
                .isInstanceOf(MalformedDerException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 255, 256, 65_535, 65_536})
    void the_writer_uses_the_shortest_length(int length) throws MalformedDerException {
        byte[] element = DerWriter.encode(DerTag.OCTET_STRING, new byte[length]);

        assertThat(element).hasSize(DerWriter.elementLength(length));
        assertThat(element).startsWith(DerWriter.encodeHeader(DerTag.OCTET_STRING, length));
        DerReader reader = DerReader.strict(element);
        reader.next(DerTag.OCTET_STRING, "a string");
        assertThat(reader.contentLength()).isEqualTo(length);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }
}
