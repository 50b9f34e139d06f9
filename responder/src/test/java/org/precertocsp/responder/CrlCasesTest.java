package org.precertocsp.responder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.config.ConfigReader;
import org.precertocsp.responder.config.ConfiguredIssuers;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.LoadJob;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ProgressListener;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ForwardingChangeSet;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.SerialStatus;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;

/// The CRLs among the shared cases: inputs that CAs and tools really write, each with the status
/// its serials must have afterwards. All serials were recorded as good before.
@EnabledIfEnvironmentVariable(named = "PRECERT_OCSP_VECTORS", matches = ".+")
final class CrlCasesTest {
    private static final Instant NOW = Instant.parse("2026-11-29T15:00:00Z");
    private static final long CACHE_OCTETS = 8 << 20;

    /// File, its issuer, a part of what is said (- for nothing in particular), the serials that are
    /// revoked.
    private static final String REVOKED =
            """
            r01-invaliditydate.crl | priv | invalidityDate | e101 e102 e103 e104 e105
            r01b-invalidity.crl | priv | invalidityDate | f103 f104
            r01e-invalidity.crl | priv | invalidityDate | f109 f10a
            r02-reason.crl | priv | reasonCode | e201 e202 e203 e204 e205 e206
            r02a-reason.crl | priv | reasonCode 7 does not exist | f10f f110
            r02b-reason-integer-alone.crl | priv | the reasonCode cannot be read | e301
            r02b-reason.crl | priv | reasonCode 11 does not exist | f111 f112
            r02d-reason.crl | priv | a reasonCode of 2 bytes | f115 f116
            r02f-reason.crl | priv | the reasonCode cannot be read | f119 f11a
            r04-crlnumber-octets.crl | priv | cRLNumber of the CRL cannot be read | e501
            r05-v1-with-extensions.crl | priv | extensions in a version 1 CRL | e601
            r05b-v1.crl | priv | has no cRLNumber | e602
            r08e-date-0000.crl | priv | is not a date of a revocation | f129
            r08f-date-offset-10000.crl | priv | is not a date of a revocation | f12a
            r08g-unknown-serial-10000.crl | priv | is not a date of a revocation | f0f0f0
            r09-idp-noncritical.crl | tls | issuingDistributionPoint is not marked critical | e901
            r09d-indirect-own.crl | priv | is indirect | e904
            r10a-number-50.crl | utf8 | - | ea01
            r11b-1.crl | t61 | - | f123
            r12-rollover.crl | roll-old | have one name | eb01
            r13-delta-without-base.crl | priv | builds on CRL number | ec01
            r14b-der-newline.crl | priv | - | ed02
            r14c-base64.b64 | priv | - | ed03
            r14d-pkcs7.p7b | priv | - | ed04
            r14e-pkcs7-pem.p7.pem | priv | - | ed04
            r14f-gzip.crl.gz | priv | - | ed05
            r16b-crit-issueraltname.crl | priv | is marked critical | ee03
            r16d-certissuer.crl | priv | - | ee05 ee06
            r19-delegate-revoked.crl | rsa | this is the responder certificate of issuer rsa | 552cbffdb8d4ebe0f291a2f678aa4eab
            r21-ber.crl | priv | - | f002
            r22-future.crl | priv | is in the future | f001
            r24-key-digitalsig.crl | priv | occurs twice | f005
            """;

    /// What is no CRL, or proves nothing.
    private static final String REFUSED =
            """
            r14i-cert.pem | priv | not a CRL but a certificate: `load certificates` reads it
            r14k-json.json | priv | not a CRL but JSON
            r17b-md5.crl | rsa | signed with MD5WITHRSA, which anyone can forge
            """;

    @TempDir Path directory;

    @Test
    @Requirement({"CR-16", "CR-17", "SS-07"})
    void what_each_crl_lists_is_revoked_where_none_was_taken_before() throws Exception {
        List<String> wrong = new ArrayList<>();
        try (Scene scene = scene("own")) {
            for (String row : REVOKED.lines().toList()) {
                wrong.addAll(scene.judge(row, true));
            }
        }

        assertThat(wrong).isEmpty();
    }

    /// Many of them are older than those before by number and date: what they list is revoked, but
    /// they are reported.
    @Test
    @Requirement("CR-18")
    void what_each_crl_lists_is_revoked_one_after_the_other() throws Exception {
        List<String> wrong = new ArrayList<>();
        try (Scene scene = scene("all")) {
            for (String row : REVOKED.lines().toList()) {
                wrong.addAll(scene.judge(row, false));
            }
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void what_is_no_crl_is_named_and_a_worthless_signature_refused() throws Exception {
        try (Scene scene = scene("none")) {
            for (String row : REFUSED.lines().toList()) {
                String[] cells = row.split(" \\| ", -1);
                LoadSummary summary = scene.load(FeedKind.CRL, cells[0], Optional.of(cells[1]));
                assertThat(summary.refusedFile()).as(cells[0]).get().asString().contains(cells[2]);
            }
        }
    }

    @Test
    @Requirement("CR-18")
    void numbers_that_restart_or_repeat_on_a_newer_crl_still_revoke() throws Exception {
        try (Scene scene = scene("numbers")) {
            scene.load(FeedKind.CRL, "r10a-number-50.crl", Optional.of("utf8"));

            LoadSummary restarted =
                    scene.load(FeedKind.CRL, "r10b-number-restarts.crl", Optional.of("utf8"));
            assertThat(restarted.reports()).anyMatch(it -> it.reason().contains("is lower than"));
            assertThat(scene.state("utf8", "ea02")).isEqualTo("revoked");

            LoadSummary repeated =
                    scene.load(FeedKind.CRL, "r11-number-again.crl", Optional.of("utf8"));
            assertThat(repeated.reports()).anyMatch(it -> it.reason().contains("cRLNumber 50"));
            assertThat(scene.state("utf8", "ea03")).isEqualTo("revoked");
        }
    }

    @Test
    @Requirement("CR-18")
    void the_same_list_signed_again_is_unchanged() throws Exception {
        try (Scene scene = scene("again")) {
            scene.load(FeedKind.CRL, "r11b-1.crl", Optional.of("t61"));

            LoadSummary again =
                    scene.load(FeedKind.CRL, "r11b-2-signed-again.crl", Optional.of("t61"));
            assertThat(again.clean()).isTrue();
            assertThat(again.changed()).isZero();
            assertThat(again.reports()).noneMatch(it -> it.reason().contains("another CRL"));
        }
    }

    private Scene scene(String name) throws Exception {
        return new Scene(directory.resolve(name));
    }

    private static Path cases(String name) {
        return Path.of(System.getenv("PRECERT_OCSP_VECTORS")).resolveSibling("cases").resolve(name);
    }

    /// A store in which the serials of the fixtures are good.
    private static final class Scene implements AutoCloseable {
        private final ConfiguredIssuers issuers;
        private final StatusStore store;

        Scene(Path folder) throws Exception {
            issuers = ConfiguredIssuers.read(ConfigReader.read(cases("fixtures/all.yaml")));
            store = RocksStore.open(new StoreConfig(folder, CACHE_OCTETS));
            for (String list : List.of("all-good.csv", "all-good2.csv")) {
                load(FeedKind.CSV, "fixtures/" + list, Optional.empty());
            }
        }

        LoadSummary load(FeedKind kind, String file, Optional<String> issuer) throws Exception {
            return load(store, kind, file, issuer);
        }

        private LoadSummary load(
                StatusWriter into, FeedKind kind, String file, Optional<String> issuer)
                throws Exception {
            Path path = cases(file);
            return new FeedLoader(into, () -> NOW)
                    .load(
                            new LoadJob(
                                    kind,
                                    new FeedFactory(issuers, () -> NOW, _ -> {})
                                            .feed(kind, List.of(path)),
                                    path,
                                    file,
                                    issuer.map(
                                            name -> issuers.directory().called(name).orElseThrow()),
                                    ProgressListener.SILENT));
        }

        String state(String issuer, String serial) {
            return state(store.find(key(issuer, serial)));
        }

        private SerialKey key(String issuer, String serial) {
            ConfiguredIssuer fed = issuers.directory().called(issuer).orElseThrow();
            return new SerialKey(fed.key(), Serial.of(new BigInteger(serial, 16)));
        }

        private static String state(Optional<StatusRecord> record) {
            return record.map(SerialStatus::state).orElse(SerialStatus.UNASSIGNED);
        }

        /// @param alone whether nothing of it is kept
        List<String> judge(String row, boolean alone) throws Exception {
            String[] cells = row.split(" \\| ", -1);
            List<String> wrong = new ArrayList<>();
            Consumer<ChangeSet> look =
                    set -> {
                        for (String serial : cells[3].split(" ", -1)) {
                            String state = state(set.find(key(cells[1], serial)));
                            if (!state.equals("revoked")) {
                                wrong.add("%s: %s is %s".formatted(cells[0], serial, state));
                            }
                        }
                    };
            LoadSummary summary =
                    load(
                            source -> new Looked(store.begin(source), look, !alone),
                            FeedKind.CRL,
                            cells[0],
                            Optional.of(cells[1]));
            if (alone ? !summary.clean() : summary.refusedFile().isPresent()) {
                wrong.add(cells[0] + " is not clean: " + summary);
            }
            String said = summary.reports().toString();
            if (alone && !cells[2].equals("-") && !said.contains(cells[2])) {
                wrong.add(cells[0] + " says " + said);
            }
            return wrong;
        }

        @Override
        public void close() throws IOException {
            store.close();
        }
    }

    /// A change set looked at when it is whole.
    private record Looked(ChangeSet set, Consumer<ChangeSet> look, boolean keep)
            implements ForwardingChangeSet {
        @Override
        public void commit() {
            look.accept(set);
            if (keep) {
                set.commit();
            }
        }
    }
}
