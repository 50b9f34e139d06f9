package org.precertocsp.responder.ctlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.precertocsp.Requirement;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// Entries in both encodings, odd ones and real ones.
final class EntryReadingTest {
    private static final String LEAF_OF_UNKNOWN_TYPE = "00000000000000000007" + "7777" + "010203";

    private static byte[] answer(String... leavesHex) {
        StringBuilder entries = new StringBuilder();
        for (String leaf : leavesHex) {
            String base64 = Base64.getEncoder().encodeToString(ByteString.ofHex(leaf).toArray());
            entries.append(entries.isEmpty() ? "" : ",")
                    .append("{\"extra_data\":\"\",\"leaf_input\":\"" + base64 + "\"}");
        }
        return ("{\"more\":[{}],\"entries\":[" + entries + "]}").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @Requirement("CT-07")
    void unknown_leaf_and_entry_types_count_in_the_tree_and_are_no_error()
            throws MalformedEntryException {
        EntryPage page =
                GetEntriesReader.read(
                        answer(LEAF_OF_UNKNOWN_TYPE, "0505aabb", "0000ff"),
                        40,
                        10,
                        IssuerFilter.NONE);

        assertThat(page.count()).isEqualTo(3);
        ByteString second = HashAlgorithm.SHA256.hash(ByteString.ofHex("00" + "0505aabb"));
        assertThat(second.areAt(page.leafHashes().toArray(), 32)).isTrue();
        assertThat(page.unreadable()).containsExactly(42L);
    }

    @Test
    @Requirement("CT-07")
    void no_more_entries_are_taken_than_were_asked_for() throws MalformedEntryException {
        byte[] three = answer("0505aa", "0505bb", "0505cc");

        assertThat(GetEntriesReader.read(three, 0, 2, IssuerFilter.NONE).count()).isEqualTo(2);
    }

    @Test
    void what_is_no_answer_is_told_without_its_octets() {
        for (String text : List.of("", "[]", "{\"entries\":7}", "{\"entries\":[{}]}", "{\"entr")) {
            byte[] octets = text.getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> GetEntriesReader.read(octets, 0, 9, IssuerFilter.NONE))
                    .as(text)
                    .isInstanceOf(MalformedEntryException.class);
        }
    }

    @Test
    @Requirement("CT-11")
    void tile_that_ends_inside_an_entry_is_refused() {
        byte[] cut = ByteString.ofHex("0000000000000007" + "0000" + "000004" + "0102").toArray();

        assertThatThrownBy(() -> DataTileReader.read(cut, 0, IssuerFilter.NONE))
                .isInstanceOf(MalformedEntryException.class)
                .hasMessageContaining("truncated");
    }

    private static Path vectors(String name) {
        return Path.of(System.getenv("PRECERT_OCSP_VECTORS"), "ct").resolve(name);
    }

    private static ConfiguredIssuer.Directory realIssuers() throws IOException {
        try (var files = Files.list(vectors("issuers"))) {
            return new ConfiguredIssuer.Directory(
                    files.filter(file -> file.toString().endsWith(".der"))
                            .sorted()
                            .map(EntryReadingTest::issuer)
                            .toList());
        }
    }

    private static ConfiguredIssuer issuer(Path file) {
        try {
            IssuerCertificate certificate =
                    IssuerCertificate.parse(ByteString.of(Files.readAllBytes(file)));
            return new ConfiguredIssuer(
                    String.valueOf(file.getFileName()),
                    List.of(certificate),
                    IssuerProfile.PRIVATE);
        } catch (IOException | InvalidCertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @EnabledIfEnvironmentVariable(
            named = "PRECERT_OCSP_VECTORS",
            matches = ".+",
            disabledReason = "real tiles are outside the repository; the variable names them")
    @Requirement({"CT-03", "CT-05", "CT-11"})
    void a_real_tile_and_the_same_entries_from_get_entries_say_the_same()
            throws IOException, MalformedEntryException {
        IssuerFilter ours = IssuerFilter.of(realIssuers());
        byte[] tile = Files.readAllBytes(vectors("tiles/tesseract/testdata/example_tile"));
        byte[] json = Files.readAllBytes(vectors("get-entries/tesseract-example_tile.json"));

        EntryPage tiled = DataTileReader.read(tile, 0, ours);
        EntryPage asked = GetEntriesReader.read(json, 0, 1_000, ours);

        assertThat(tiled.count()).isEqualTo(256);
        assertThat(asked.leafHashes()).isEqualTo(tiled.leafHashes());
        assertThat(tiled.candidates()).isNotEmpty();
        assertThat(asked.candidates().stream().map(CandidateEntry::index))
                .containsExactlyElementsOf(
                        tiled.candidates().stream().map(CandidateEntry::index).toList());
        Set<ByteString> bodies = new HashSet<>();
        for (CandidateEntry entry : tiled.candidates()) {
            TBSCertificate tbs = TBSCertificate.getInstance(entry.body().toArray());
            assertThat(tbs.getSerialNumber().getValue()).isPositive();
            bodies.add(entry.body());
        }
        assertThat(bodies).hasSizeGreaterThan(tiled.candidates().size() / 2);
    }

    @Test
    @EnabledIfEnvironmentVariable(
            named = "PRECERT_OCSP_VECTORS",
            matches = ".+",
            disabledReason = "real answers are outside the repository; the variable names them")
    @Requirement("CT-02")
    void real_answers_of_logs_are_read_to_their_end() throws IOException, MalformedEntryException {
        for (String name :
                List.of(
                        "azul-get-entries-10000.json",
                        "certificate-transparency-go-logclient_test.json")) {
            byte[] json = Files.readAllBytes(vectors("get-entries/" + name));
            JsonNode entries = new ObjectMapper().readTree(json).path("entries");
            EntryPage page = GetEntriesReader.read(json, 0, 1_000, IssuerFilter.NONE);

            assertThat(page.count()).as(name).isEqualTo(entries.size());
            assertThat(page.unreadable()).as(name).isEmpty();
        }
    }
}
