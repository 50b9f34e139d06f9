package org.precertocsp.responder.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.responder.request.Requests.certId;
import static org.precertocsp.responder.request.Requests.extension;
import static org.precertocsp.responder.request.Requests.filled;
import static org.precertocsp.responder.request.Requests.hex;
import static org.precertocsp.responder.request.Requests.list;
import static org.precertocsp.responder.request.Requests.nonce;
import static org.precertocsp.responder.request.Requests.plain;
import static org.precertocsp.responder.request.Requests.request;
import static org.precertocsp.responder.request.Requests.requestExtensions;
import static org.precertocsp.responder.request.Requests.single;
import static org.precertocsp.responder.request.Requests.singleExtensions;
import static org.precertocsp.responder.request.Requests.tbs;
import static org.precertocsp.responder.request.Requests.tlv;
import static org.precertocsp.responder.request.Requests.withNonce;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;

/// No octets make the decoder throw, and none are read otherwise than Bouncy Castle reads them.
final class RequestFuzzTest {
    private static final OcspRequestDecoder DECODER = new OcspRequestDecoder(new RequestLimits(8));

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "3s")
    void any_octets_are_understood_alike_or_refused(byte[] octets) {
        if (octets != null && DECODER.decode(octets) instanceof OcspRequest query) {
            assertIsIn(query, octets);
            readsAlike(query, octets);
        }
    }

    @Test
    void the_seeds_hold_requests_of_both_kinds() throws IOException {
        List<DecodeResult> decoded = seeds().map(DECODER::decode).toList();

        assertThat(decoded).hasAtLeastOneElementOfType(OcspRequest.class);
        assertThat(decoded).hasAtLeastOneElementOfType(RejectedRequest.class);
    }

    static Stream<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        seeds.add(plain());
        seeds.add(withNonce(32));
        seeds.add(withNonce(129));
        byte[] sha256 = certId(Requests.SHA256, 32, "00ff");
        byte[] locator = extension("2b0601050507300107", hex("3000"));
        seeds.add(
                request(
                        tbs(
                                hex("a003020100"),
                                tlv(0xa1, tlv(0xa4, tlv(0x30))),
                                list(
                                        single(sha256, singleExtensions(locator)),
                                        single(certId(Requests.SHA512, 64, "80"))),
                                requestExtensions(nonce(16), extension("2a03", filled(9, 7)))),
                        tlv(0xa0, tlv(0x30, filled(200, 1)))));
        seeds.add(request(tbs(list(single(certId("06032a0304", 16, "01"))))));
        seeds.add(hex("30800000"));
        seeds.addAll(vectors());
        return seeds.stream();
    }

    private static List<byte[]> vectors() throws IOException {
        String folder = System.getenv("PRECERT_OCSP_VECTORS");
        if (folder == null) {
            return List.of();
        }
        List<byte[]> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of(folder, "ocsp"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".der")).toList()) {
                found.add(Files.readAllBytes(file));
            }
        }
        return found;
    }

    /// An answer repeats the CertID: its parts must be parts of what was asked, in that order.
    private static void assertIsIn(OcspRequest query, byte[] octets) {
        String text = ByteString.of(octets).toHex();
        int from = 0;
        for (CertId id : query.certIds()) {
            for (ByteString part :
                    List.of(id.issuerNameHash(), id.issuerKeyHash(), id.serial().content())) {
                int at = text.indexOf(part.toHex(), from);
                assertThat(at).isNotNegative();
                from = at + 2 * part.length();
            }
        }
    }

    /// Bouncy Castle also parses what we skip, and may find fault with that.
    private static void readsAlike(OcspRequest query, byte[] octets) {
        OcspRequest reference;
        try {
            reference = ReferenceReader.read(octets);
        } catch (IOException | RuntimeException _) {
            return;
        }
        assertThat(query).isEqualTo(reference);
    }
}
