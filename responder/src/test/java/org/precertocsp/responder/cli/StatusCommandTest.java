package org.precertocsp.responder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.CertificateFingerprint;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusDetails;
import org.precertocsp.responder.status.StatusRecord;

final class StatusCommandTest {
    private static final Instant TAKEN_IN = Instant.parse("2026-11-21T10:00:00Z");
    private static final ChangeSource PRECERTIFICATE =
            new ChangeSource("certificates", "pre\u001b.pem", sha256("aa"), TAKEN_IN);
    private static final ChangeSource CRL =
            new ChangeSource("crl", "ca.crl", sha256("bb"), TAKEN_IN.plusSeconds(60));
    private static final StatusRecord REVOKED =
            new StatusRecord.Assigned(
                    AssignedBy.PRECERTIFICATE,
                    Optional.of(Instant.parse("2027-01-01T00:00:00Z")),
                    Optional.of(
                            new Revocation(
                                    Instant.parse("2026-11-20T08:00:00Z"),
                                    RevocationReason.KEY_COMPROMISE,
                                    Optional.of(Instant.parse("2026-11-19T00:00:00Z")))));

    @TempDir Path folder;
    private FakeCommandContext services = new FakeCommandContext(Path.of(""));
    private Path issuer = Path.of("");

    @BeforeEach
    void configure() throws IOException {
        services = new FakeCommandContext(folder);
        issuer = TestCa.write(folder.resolve("issuer.pem"), services.ca.holder());
    }

    @Test
    @Requirement({"SS-11", "IS-06"})
    void state_evidence_history_and_conflicts_are_told() {
        services.know(revoked());

        CommandRun run = status("0A:1B");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("serial    0a1b\n")
                .contains("issuer    first\n")
                .contains("state     revoked; assigned by a precertificate")
                .contains(
                        "revoked   2026-11-20T08:00:00Z, reason keyCompromise (1), invalid since"
                                + " 2026-11-19T00:00:00Z")
                .contains("expires   2027-01-01T00:00:00Z")
                .contains("evidence  precertificate in pre·.pem (certificates), loaded")
                .contains("file SHA-256 " + "aa".repeat(32))
                .contains("document SHA-256 " + "dd".repeat(32))
                .contains("content SHA-256  " + "cc".repeat(32))
                .contains("history   2026-11-21T10:01:00Z revoked: keyCompromise, from ca.crl")
                .contains("CONFLICT  its public key differs");
    }

    @Test
    void json_has_the_same_facts() throws Exception {
        services.know(revoked());

        JsonNode json = new ObjectMapper().readTree(status("--json", "0x0a1b").out());

        assertThat(json.at("/serial").asText()).isEqualTo("0a1b");
        assertThat(json.at("/state").asText()).isEqualTo("revoked");
        assertThat(json.at("/assignedBy").asText()).isEqualTo("precertificate");
        assertThat(json.at("/revocation/reasonCode").asInt()).isEqualTo(1);
        assertThat(json.at("/revocation/at").asText()).isEqualTo("2026-11-20T08:00:00Z");
        assertThat(json.at("/evidence/0/documentSha256").asText()).isEqualTo("dd".repeat(32));
        assertThat(json.at("/evidence/0/source/name").asText()).isEqualTo("pre\u001b.pem");
        assertThat(json.at("/history/0/source/kind").asText()).isEqualTo("crl");
        assertThat(json.at("/conflicts/0/why").asText()).isEqualTo("its public key differs");
        assertThat(json.at("/announcedAt").isNull()).isTrue();
    }

    @Test
    @Requirement("SS-03")
    void an_unassigned_serial_says_so_and_exits_with_one() {
        services.know(dossier("0012", Optional.empty()));

        CommandRun run = status("12");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .contains("state     unassigned: no precertificate")
                .contains("--decimal reads it as decimal");
        assertThat(status("--decimal", "12").out()).doesNotContain("--decimal");
    }

    @Test
    void good_and_announced_are_told_apart() {
        services.know(
                dossier(
                        "0a",
                        Optional.of(
                                new StatusRecord.Assigned(
                                        AssignedBy.CERTIFICATE,
                                        Optional.empty(),
                                        Optional.empty()))));
        assertThat(status("0a").out()).contains("good: assigned by a certificate, not revoked");

        services.know(dossier("0a", Optional.of(new StatusRecord.Announced(TAKEN_IN))));
        CommandRun announced = status("0a");
        assertThat(announced.out()).contains("announced 2026-11-21T10:00:00Z, not yet assigned");
        assertThat(announced.exitCode()).isZero();
    }

    @Test
    void what_is_no_serial_is_wrong_usage() {
        assertThat(status("xyz").exitCode()).isEqualTo(2);
        assertThat(status("--decimal", "0a").exitCode()).isEqualTo(2);
        assertThat(status("01".repeat(22)).err()).contains("at most 20 bytes");
    }

    @Test
    void a_store_that_cannot_be_read_is_no_status() {
        CommandRun run = status("0a");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("there is no store");
        assertThat(run.out()).isEmpty();
    }

    private CommandRun status(String... arguments) {
        List<String> all =
                new ArrayList<>(
                        List.of("status", "-c", "good.yaml", "--issuer", issuer.toString()));
        all.addAll(List.of(arguments));
        return CommandRun.of(
                PrecertOcspCommand.of(StatusCommand.line(services)), all.toArray(String[]::new));
    }

    private StatusDetails revoked() {
        Optional<CertificateFingerprint> commitment =
                Optional.of(new CertificateFingerprint(sha256("cc"), sha256("dd")));
        return new StatusDetails(
                key("0a1b"),
                Optional.of(REVOKED),
                List.of(
                        new StatusDetails.Evidence(
                                AssignedBy.PRECERTIFICATE, commitment, PRECERTIFICATE)),
                List.of(new StatusDetails.Event(CRL.takenIn(), "revoked: keyCompromise", CRL)),
                List.of(new StatusDetails.Conflict("its public key differs", commitment, CRL)));
    }

    private StatusDetails dossier(String serial, Optional<StatusRecord> record) {
        return new StatusDetails(key(serial), record, List.of(), List.of(), List.of());
    }

    private SerialKey key(String serial) {
        return new SerialKey(services.ca.certificate().key(), Serial.ofHex(serial));
    }

    private static ByteString sha256(String octet) {
        return ByteString.ofHex(octet.repeat(32));
    }
}
