package org.precertocsp.der;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever the bytes: no reader fails in another way than with a [MalformedDerException], the two
/// readers agree, the writer encodes what the strict one read, and Bouncy Castle and the JDK find
/// nothing else in it.
final class DerFuzzTest {
    private static final int MAX_DEPTH = 40;
    private static final DateTimeFormatter JDK =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'")
                    .withResolverStyle(ResolverStyle.STRICT);

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "10s")
    void any_bytes_are_read_as_others_read_them(byte[] bytes) throws IOException {
        if (bytes == null) {
            return;
        }
        byte[] strict = encodedAgain(DerReader.strict(bytes), 0);
        if (strict != null) {
            assertThat(strict).isEqualTo(bytes);
        }
        byte[] lenient = encodedAgain(DerReader.lenient(bytes), 0);
        if (strict != null) {
            assertThat(lenient).isEqualTo(strict);
        }
        theStreamAgrees(bytes, lenient);
        ASN1Primitive judge = judge(bytes);
        if (judge != null) {
            judgeDer(bytes, strict, judge);
            judgeBer(bytes, judge);
        }
        timesAgree(bytes);
    }

    @Test
    void the_seeds_hold_der_and_ber_and_neither() throws IOException {
        assertThat(seeds().map(seed -> encodedAgain(DerReader.strict(seed), 0)))
                .contains((byte[]) null)
                .anyMatch(der -> der != null && der.length > 100);
    }

    static Stream<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (String hex :
                List.of(
                        "",
                        "0500",
                        "308180020101",
                        "30810302010130",
                        "3080020101240804020102040203040000",
                        "3009060355040301010c00",
                        "18" + "0f" + "32303236303133313233353935395a",
                        "1f8101020304",
                        "308401000000",
                        "30850000000001ff")) {
            seeds.add(HexFormat.of().parseHex(hex));
        }
        byte[] time =
                DerWriter.encode(
                        DerTag.GENERALIZED_TIME,
                        "20260228235960Z".getBytes(StandardCharsets.US_ASCII));
        seeds.add(DerWriter.encode(DerTag.SEQUENCE, new byte[0], time, new byte[0]));
        seeds.add(
                DerWriter.encode(
                        DerTag.SEQUENCE, DerWriter.encode(DerTag.OCTET_STRING, new byte[300])));
        seeds.addAll(vectors());
        return seeds.stream();
    }

    private static List<byte[]> vectors() throws IOException {
        String folder = System.getenv("PRECERT_OCSP_VECTORS");
        if (folder == null) {
            return List.of();
        }
        List<byte[]> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            for (Path file :
                    files.filter(path -> path.toString().matches(".*\\.(der|crl|crt)"))
                            .sorted()
                            .toList()) {
                if (Files.size(file) < 8192) {
                    found.add(Files.readAllBytes(file));
                }
            }
        }
        return found;
    }

    /// All elements, each encoded by the writer; null if they are malformed.
    private static byte @Nullable [] encodedAgain(DerReader reader, int depth) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            while (reader.hasMore()) {
                int at = reader.position();
                assertThat(reader.nextTag()).isEqualTo(reader.source()[at] & 0xff);
                reader.next();
                assertThat(reader.start()).isEqualTo(at);
                assertThat(reader.element().encoded()).isEqualTo(reader.encoded());
                byte[] content = reader.contentBytes();
                if (DerTag.isConstructed(reader.tag()) && depth < MAX_DEPTH) {
                    int end = reader.position();
                    byte[] inside = encodedAgain(reader.inside(), depth + 1);
                    assertThat(reader.position()).isEqualTo(end);
                    if (inside == null) {
                        return null;
                    }
                    content = inside;
                }
                out.writeBytes(DerWriter.encode(reader.tag(), content));
            }
        } catch (MalformedDerException e) {
            assertThat(e).message().contains("(offset ");
            return null;
        }
        return out.toByteArray();
    }

    private static void theStreamAgrees(byte[] bytes, byte @Nullable [] lenient)
            throws IOException {
        try (DerStreamReader stream = new DerStreamReader(new ByteArrayInputStream(bytes))) {
            byte[] again = encodedAgain(stream, bytes.length, 0);
            assertThat(stream.read()).isEqualTo(-1);
            if (lenient != null) {
                assertThat(again).isEqualTo(lenient);
            }
        } catch (MalformedDerException e) {
            assertThat(lenient).isNull();
        }
    }

    private static byte[] encodedAgain(DerStreamReader stream, long end, int depth)
            throws MalformedDerException, IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (stream.position() < end) {
            DerHeader header = stream.header(end);
            byte[] content =
                    DerTag.isConstructed(header.tag()) && depth < MAX_DEPTH
                            ? encodedAgain(stream, header.end(), depth + 1)
                            : stream.content(header, Integer.MAX_VALUE);
            assertThat(stream.position()).isEqualTo(header.end());
            out.writeBytes(DerWriter.encode(header.tag(), content));
        }
        return out.toByteArray();
    }

    private static @Nullable ASN1Primitive judge(byte[] bytes) {
        try {
            return ASN1Primitive.fromByteArray(bytes);
        } catch (IOException | RuntimeException _) {
            // It also looks at the content of primitive elements, of which these readers know
            // nothing.
            return null;
        }
    }

    /// What Bouncy Castle writes as it read it is DER, so the strict reader must accept it.
    private static void judgeDer(byte[] bytes, byte @Nullable [] strict, ASN1Primitive judge)
            throws IOException {
        if (Arrays.equals(der(judge), bytes) && !hasTagOfSeveralBytes(bytes)) {
            assertThat(strict).isEqualTo(bytes);
        }
        if (strict != null && judge instanceof ASN1Sequence sequence) {
            assertSameParts(bytes, sequence);
        }
    }

    /// Null where Bouncy Castle parsed what it cannot encode.
    private static byte @Nullable [] der(ASN1Primitive parsed) throws IOException {
        try {
            return parsed.getEncoded(ASN1Encoding.DER);
        } catch (RuntimeException _) {
            return null;
        }
    }

    private static void assertSameParts(byte[] bytes, ASN1Sequence sequence) throws IOException {
        try {
            List<DerElement> ours = DerElement.of(ByteString.of(bytes)).children();
            assertThat(ours).hasSize(sequence.size());
            for (int i = 0; i < ours.size(); i++) {
                ASN1Encodable theirs = sequence.getObjectAt(i);
                if (!(theirs instanceof ASN1Sequence)) {
                    continue;
                }
                assertThat(ours.get(i).tag()).isEqualTo(DerTag.SEQUENCE);
            }
        } catch (MalformedDerException e) {
            throw new AssertionError("read strictly, but not leniently", e);
        }
    }

    private static boolean hasTagOfSeveralBytes(byte[] bytes) {
        for (byte one : bytes) {
            if ((one & 0x1f) == 0x1f) {
                return true;
            }
        }
        return false;
    }

    /// Definite lengths say the same. Bit strings in parts are left out: the converter takes them
    /// for whole bytes.
    private static void judgeBer(byte[] bytes, ASN1Primitive judge) throws IOException {
        byte[] definite;
        try {
            definite = BerConverter.toDefinite(bytes);
        } catch (MalformedDerException _) {
            return;
        }
        for (byte one : bytes) {
            if (one == (DerTag.BIT_STRING | DerTag.CONSTRUCTED)) {
                return;
            }
        }
        assertThat(der(ASN1Primitive.fromByteArray(definite))).isEqualTo(der(judge));
    }

    private static void timesAgree(byte[] bytes) {
        for (int at = 0; at + Asn1Time.GENERALIZED_TIME_LENGTH <= bytes.length; at++) {
            if (bytes[at + Asn1Time.GENERALIZED_TIME_LENGTH - 1] != 'Z') {
                continue;
            }
            String text =
                    new String(
                            bytes,
                            at,
                            Asn1Time.GENERALIZED_TIME_LENGTH,
                            StandardCharsets.ISO_8859_1);
            assertThat(Asn1Time.epochSecond(bytes, at)).isEqualTo(jdkSecond(text));
        }
    }

    private static long jdkSecond(String text) {
        try {
            return LocalDateTime.parse(text, JDK).toEpochSecond(ZoneOffset.UTC);
        } catch (DateTimeException _) {
            return Asn1Time.NO_TIME;
        }
    }
}
