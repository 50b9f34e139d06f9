package org.precertocsp.responder.intake.crl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.precertocsp.Requirement;
import org.precertocsp.der.Asn1Time;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.intake.SourceLocation;
import org.precertocsp.responder.intake.TestFeed;
import org.precertocsp.responder.status.RevocationPolicy;
import org.precertocsp.responder.status.StatusChange;

/// Every CRL of the shared vectors is taken, reported on or refused for the reason written here.
///
/// Where the issuer's certificate is among the vectors the CRL is loaded (`taken`, `refused`);
/// where it is not, all but the signature is judged (`fit`, `unfit`).
@EnabledIfEnvironmentVariable(named = "PRECERT_OCSP_VECTORS", matches = ".+")
final class CrlCorpusTest {
    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

    /// File name, verdict, entries taken, and a part of what is said, if anything is.
    private static final String EXPECTED =
            """
            crl-idpnc__0d14bc28 | taken 0 | issuingDistributionPoint is not marked critical
            tscpbcasha256__f7759eef | fit 4
            CertPathValidationTest.java__22a23404 | fit 0
            CertTest.java__27472eff | fit 51
            CertTest.java__f39012b4 | fit 0 | is of another issuer
            NISTCertPathTest.java__1e2d523f | fit 1 | unknown critical extension
            NISTCertPathTest.java__906783be | fit 1 | unknown critical extension
            ThawteSGCCA__e14a0ae2 | fit 1573 | has no cRLNumber
            UnknownCRLExtensionCACRL__02037f42 | fit 1 | unknown critical extension
            deltaCRLCA1CRL__d0624380 | fit 3
            deltaCRLCA1deltaCRL__af9cf1cb | fit 2 | removes serial 04
            indirectCRLCA5CRL__64a77c59 | fit 1 | is of another issuer
            unspecified_reason_code.crltest__905c3f07 | fit 3
            NegativeSerialNumberCACRL__5f85c936 | taken 1 | is negative
            UnknownCRLEntryExtensionCACRL__260ab645 | fit 1 | unknown critical extension
            bad_fake_critical_crlentryextension__42de0d38 | taken 2 | unknown critical extension
            bad_fake_critical_extension__1aa12b3d | taken 0 | unknown critical extension
            deltaCRLCA1CRL__72c22d14 | taken 3
            deltaCRLCA1deltaCRL__a61509ce | taken 2 | no numbered full CRL was loaded
            good_fake_extension__50160301 | taken 0 | has no keyUsage
            invalid_garbage_after_extensions__2f772e78 | taken 3 | one more list of entries
            invalid_garbage_after_revocationdate__bccc780e | taken 2 | entry extensions expected
            invalid_garbage_crlentry__b2e84fdb | taken 1 | a CRL entry expected
            invalid_v1_with_crlentryextension__9a01d249 | taken 3 | in a version 1 CRL
            invalid_v1_with_extension__93f9abc2 | taken 0 | in a version 1 CRL
            invalid_v3__85b26bf7 | taken 0 | the version is not v2
            onlyContainsAttributeCertsCACRL__16cfd2d6 | unfit | of attribute certificates only
            onlySomeReasonsCA4compromiseCRL__46a9c097 | fit 1 | covers only some reasons
            onlySomeReasonsCA4otherreasonsCRL__109c8bf0 | fit 1 | covers only some reasons
            revoked_generalized_revocationdate__593c72b7 | taken 3 | has no keyUsage
            x509_test.cc__06d465e8 | fit 0 | unknown critical extension
            x509_test.cc__39e4cefb | fit 3 | in a version 1 CRL
            x509_test.cc__565be136 | fit 0 | the version is not v2
            x509_test.cc__f0c3a125 | fit 3 | has no cRLNumber
            crl_aia__2066869e | fit 1
            crl_critical_number__9f6d0ec6 | fit 1 | 2.5.29.20 is marked critical
            crl_critical_reason__40b20a18 | fit 1
            crl_idp_distributionPoint_and_onlyCA__15bb3172 | fit 1
            crl_long_number__2c09ebcc | fit 1 | is not in 0 … 2^159−1
            crl_long_validity_subordinate_ca__475e1b86 | fit 1
            crl_long_validity_subscriber_cert__070bfbd5 | fit 1
            crltest.c__0dcf626b | fit 0 | issuingDistributionPoint of the CRL cannot be read
            testcrl__b3a9fda7 | fit 15 | has no cRLNumber
            crl_all_reasons__5f26ca76 | fit 1 | is of another issuer
            crl_almost_10k__5e9549d6 | fit 9999 | has no cRLNumber
            crl_ian_aia_aki__b81c66a1 | fit 0
            crl_inval_cert_issuer_entry_ext__146425d6 | fit 1 | certificateIssuer cannot be read
            crl_md2_unknown_crit_entry_ext__60629ca9 | fit 1 | unknown critical extension
            crl_unrecognized_extension__7a9b11ab | fit 0 | has no cRLNumber
            crl_unsupported_reason__23857df4 | fit 1 | reasonCode 12 does not exist
            crl.entry.empty.ext.seq__c8c61b5c | fit 1
            crl.entry.invalid.reason__1985e315 | fit 1 | reasonCode 105 does not exist
            crl.entry.invalidity.date__1891a1f9 | fit 1
            crl.entry.unknown.crit.ext__9637ab7f | fit 1 | unknown critical extension
            crl.idp.only_attribute_certs__26b3ca16 | unfit | of attribute certificates only
            crl.idp.valid__c7236e24 | fit 6
            crl.negative.crl.number__17686b88 | fit 0 | is not in 0 … 2^159−1
            crl.negative.serial__66c255ea | fit 1 | is negative
            crl.too.long.crl.number__058b3fc5 | fit 1 | is not in 0 … 2^159−1
            crl.unknown.crit.ext__733d6f91 | fit 1 | unknown critical extension
            crl.wrong.version__e23c4392 | fit 1 | the version is not v2
            r2m02__9b85a363 | taken 14102
            test__2e38abd0 | fit 20685
            test_crl__3e706e58 | taken 29408
            x509_test.go__e7cae7f2 | fit 5 | has no cRLNumber
            x509_test.go__ff9aaae1 | fit 88 | has no cRLNumber
            crlEntrustNoRevokedCerts02__7355028b | fit 0
            crlReasonCodeCrit__1777a412 | fit 1 | has no nextUpdate
            crlWithAuthKeyID__462baa5c | fit 1
            crlWithDuplicatesInCRLEntryExtensions__da89b00c | fit 1 | occurs twice
            crlWithDuplicatesInRevokedCertificateList__e9b1983c | fit 2 | has no nextUpdate
            crlWithReasonCode7__78998dc9 | fit 1 | reasonCode 7 does not exist
            crl_empty_revoked_certificates_ko__0d48f4ea | fit 0
            crl_nextupdate_nup0_sub0_len0_eff0__f39a3b09 | fit 10 | has no nextUpdate
            crl_no_duplicate_ext__2bef9fe8 | fit 1
            crl_number_negative__a30f4557 | fit 0 | is not in 0 … 2^159−1
            crl_with_invalid_extensions__39df88d1 | fit 1 | has no cRLNumber
            crl_with_wrong_critical_for_crl_number__6a9fbb5a | fit 1 | 2.5.29.20 is marked critical
            """;

    private final ConfiguredIssuer.Directory issuers = Vectors.issuers();

    @Test
    @Requirement({"CR-08", "CR-09", "CR-16", "CR-17", "CR-18"})
    void every_crl_is_taken_or_refused_for_the_reason_in_the_table() throws Exception {
        Map<String, String> expected = new TreeMap<>();
        EXPECTED.lines()
                .map(line -> line.split(" \\| ", 2))
                .forEach(row -> expected.put(row[0].strip(), row[row.length - 1]));
        List<String> wrong = new ArrayList<>();
        for (Path file : Vectors.files("crls")) {
            String name = file.getFileName().toString().replaceFirst("\\.crl$", "");
            String verdict = verdict(file);
            String[] wanted = expected.getOrDefault(name, "nothing").split(" \\| ", 2);
            String[] found = verdict.split(" \\| ", 2);
            boolean same =
                    found[0].equals(wanted[0])
                            && found.length == wanted.length
                            && found[found.length - 1].contains(wanted[wanted.length - 1]);
            if (!same) {
                wrong.add(name + " | " + verdict);
            }
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    @Requirement({"CR-21", "CR-22"})
    void every_row_of_the_truth_follows_from_its_crl() throws Exception {
        List<String> wrong = new ArrayList<>();
        List<String> rows = Files.readAllLines(Vectors.path("truth/expected_status.csv"));
        Map<String, RecordingSink> loaded = new TreeMap<>();
        for (String line : rows.subList(1, rows.size())) {
            String[] row = line.split(",", -1);
            RecordingSink sink = loaded.get(row[0]);
            if (sink == null) {
                sink = load(row[0], row[4]);
                loaded.put(row[0], sink);
            }
            if (!said(sink, Serial.ofDerContent(HexFormat.of().parseHex(row[7])))
                    .equals(truth(row[8], row[9], row[10]))) {
                wrong.add(line);
            }
        }

        assertThat(loaded).hasSize(9);
        assertThat(wrong).isEmpty();
    }

    private static RecordingSink load(String crl, String issuer) throws FeedRejectedException {
        ConfiguredIssuer fed =
                new ConfiguredIssuer(
                        "issuer",
                        List.of(Vectors.certificate(Vectors.path(issuer)).orElseThrow()),
                        IssuerProfile.PRIVATE);
        RecordingSink sink = new RecordingSink();
        new CrlFeed(new ConfiguredIssuer.Directory(List.of(fed)), () -> NOW)
                .read(TestFeed.file(Vectors.path(crl)), sink);
        assertThat(sink.refusals()).isEmpty();
        return sink;
    }

    private static Optional<String> said(RecordingSink sink, Serial serial) {
        return sink.changes().stream()
                .map(StatusChange.Revoke.class::cast)
                .filter(revoke -> revoke.key().serial().equals(serial))
                .map(revoke -> revoke.revocation().at() + " " + revoke.revocation().reason().code())
                .findFirst();
    }

    private static Optional<String> truth(String status, String date, String reason) {
        if (status.equals("not-on-crl")) {
            return Optional.empty();
        }
        byte[] text = date.getBytes(StandardCharsets.US_ASCII);
        Instant at =
                text.length == 13
                        ? Asn1Time.utcTime(text, 0, text.length)
                        : Asn1Time.generalizedTime(text, 0, text.length);
        return Optional.of(at + " " + (reason.isEmpty() ? "0" : reason));
    }

    private String verdict(Path path) throws FeedRejectedException, IOException {
        FeedFile file = TestFeed.file(path);
        RecordingSink sink = new RecordingSink();
        try {
            new CrlFeed(issuers, () -> NOW).read(file, sink);
            return "taken " + sink.changes().size() + reports(sink);
        } catch (FeedRejectedException e) {
            String why = String.valueOf(e.getMessage());
            if (!why.contains("not a configured issuer") && !why.contains("not by the key")) {
                return "refused | " + why;
            }
        }
        return foreignVerdict(CrlSource.of(file));
    }

    private String foreignVerdict(CrlSource der) throws IOException {
        RecordingSink sink = new RecordingSink();
        RevocationPolicy policy = new RevocationPolicy(IssuerProfile.PRIVATE, NOW);
        try (CrlStream in = der.open()) {
            CrlMetadata crl = der.outline();
            CrlSigner signer =
                    new CrlSigner(issuers.issuers().getFirst(), List.of(), ByteString.of());
            CrlParser.through(
                    in,
                    new CrlEntryProcessor(
                            new CrlEntryProcessor.Terms(
                                    signer,
                                    policy,
                                    crl.extensions().delta(),
                                    false,
                                    false,
                                    Map.of()),
                            sink));
            CrlRules.judge(crl, NOW)
                    .forEach(warning -> sink.warn(new SourceLocation.WholeFile(), warning));
            return "fit " + sink.changes().size() + reports(sink);
        } catch (FeedRejectedException e) {
            return "unfit | " + e.getMessage();
        }
    }

    private static String reports(RecordingSink sink) {
        List<String> all = new ArrayList<>();
        sink.refusals().forEach(refusal -> all.add("refused: " + refusal.text()));
        sink.warnings().forEach(warning -> all.add(warning.text()));
        return said(all);
    }

    /// Staleness goes without saying.
    private static String said(List<String> reports) {
        return reports.stream()
                .filter(text -> !text.contains("stale"))
                .map(text -> " | " + text)
                .collect(Collectors.joining());
    }
}
