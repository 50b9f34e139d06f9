package org.precertocsp.responder.intake.crl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.ReasonFlags;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.intake.TestFeed;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.LatestCrl;

final class CrlSequenceTest {
    private static final TestCa CA = TestCa.root("CRL Root");
    private static final Instant AT = Instant.parse("2026-05-30T08:00:00Z");
    private static final Instant UPDATED = TestFeed.NOW.minus(Duration.ofHours(10));

    @TempDir Path directory;
    private CrlLoad load;

    @BeforeEach
    void begin() {
        load = CrlLoad.of(directory, CA, IssuerProfile.PRIVATE);
    }

    @Test
    @Requirement("CR-18")
    void an_older_crl_never_becomes_the_newest_but_its_final_revocations_hold() throws Exception {
        load.load(full(7, 10));

        X509v2CRLBuilder older = numbered(6, 0);
        older.addCRLEntry(BigInteger.TWO, Date.from(AT), CRLReason.keyCompromise);
        older.addCRLEntry(BigInteger.TEN, Date.from(AT), CRLReason.certificateHold);
        load.load(CA.sign(older));

        assertThat(serials()).containsExactly("01", "02");
        assertThat(load.sink().refusals())
                .extracting(RecordingSink.Report::text)
                .anyMatch(it -> it.contains("serial 0a: a hold on an older CRL"))
                .anyMatch(it -> it.contains("CRL number 6 is older than number 7"));
        assertThat(head("").number()).contains(BigInteger.valueOf(7));
        load.load(full(8, 11));
        assertThat(head("").number()).contains(BigInteger.valueOf(8));
    }

    @Test
    @Requirement("CR-18")
    void numbers_that_restart_are_taken_and_become_the_newest_once_accepted() throws Exception {
        load.load(full(50, 0));

        load.load(full(3, 10));
        assertThat(load.sink().refusals()).isEmpty();
        assertThat(load.revocations()).hasSize(2);
        assertThat(load.sink().warnings())
                .anyMatch(it -> it.text().contains("CRL number 3 is lower than number 50"));
        assertThat(load.alerts())
                .singleElement()
                .satisfies(it -> assertThat(it.what()).contains("--accept-number-reset"));
        assertThat(head("").number()).contains(BigInteger.valueOf(50));

        load.acceptingNumberReset().load(full(4, 20));
        assertThat(head("").number()).contains(BigInteger.valueOf(4));
        assertThat(load.alerts()).isEmpty();
        int warnings = load.sink().warnings().size();
        load.load(full(5, 30));
        assertThat(load.sink().warnings().subList(warnings, load.sink().warnings().size()))
                .noneMatch(it -> it.text().contains("CR-18"));
    }

    @Test
    @Requirement("CR-18")
    void the_same_list_may_come_again_in_any_wrapping_and_signed_anew() throws Exception {
        X509v2CRLBuilder builder = numbered(7, 0);
        builder.addCRLEntry(BigInteger.ONE, Date.from(AT), CRLReason.superseded);
        load.load(CA.sign(builder));
        load.load(TestCa.pem("X509 CRL", CA.sign(builder).getEncoded()));

        assertThat(load.sink().warnings()).noneMatch(it -> it.text().contains("CR-18"));
        assertThat(load.revocations()).hasSize(2).allMatch(load.revocations().getFirst()::equals);

        load.load(full(7, 1));
        assertThat(load.revocations()).hasSize(3);
        assertThat(load.sink().warnings())
                .anyMatch(it -> it.text().contains("another CRL with cRLNumber 7"));
    }

    @Test
    @Requirement("CR-18")
    void a_head_of_an_earlier_version_knows_the_same_crl_again() throws Exception {
        X509CRLHolder crl = full(7, 0);
        load.sink()
                .putCrlHead(
                        new CrlScope(CA.certificate().key(), ""),
                        new LatestCrl(
                                Optional.of(BigInteger.valueOf(7)),
                                UPDATED,
                                ByteString.of(CrlStream.sha256().digest(crl.getEncoded()))));

        load.load(crl);

        assertThat(load.sink().warnings()).noneMatch(it -> it.text().contains("CR-18"));
    }

    @Test
    @Requirement("CR-18")
    void without_numbers_the_date_decides() throws Exception {
        load.load(CA.sign(CA.crl(UPDATED)));

        load.load(CA.sign(CA.crl(UPDATED.minusSeconds(1))));
        assertThat(load.sink().refusals())
                .singleElement()
                .satisfies(it -> assertThat(it.text()).contains("older"));
        assertThat(head("").thisUpdate()).isEqualTo(UPDATED);
        X509v2CRLBuilder other = CA.crl(UPDATED);
        other.addCRLEntry(BigInteger.ONE, Date.from(AT), 0);
        load.load(CA.sign(other));
        assertThat(load.sink().warnings()).anyMatch(it -> it.text().contains("another CRL"));
        load.load(CA.sign(CA.crl(UPDATED.plusSeconds(1))));
        assertThat(head("").thisUpdate()).isEqualTo(UPDATED.plusSeconds(1));
    }

    @Test
    @Requirement("CR-18")
    void a_crl_without_number_does_not_let_older_numbers_in_again() throws Exception {
        load.load(full(7, 0));
        load.load(CA.sign(CA.crl(UPDATED.plusSeconds(1))));

        load.load(full(6, 0));
        assertThat(load.sink().refusals().getLast().text()).contains("number 7");
        assertThat(head("").number()).contains(BigInteger.valueOf(7));
    }

    @Test
    @Requirement("CR-18")
    void a_date_years_ahead_does_not_make_every_later_crl_older() throws Exception {
        load.load(CA.sign(CA.crl(TestFeed.NOW.plus(Duration.ofDays(4000)))));

        assertThat(head("").thisUpdate()).isEqualTo(TestFeed.NOW);
        load.load(CA.sign(CA.crl(TestFeed.NOW)));
        assertThat(load.sink().refusals()).isEmpty();
    }

    @Test
    @Requirement({"CR-16", "CR-18"})
    void every_scope_counts_for_itself() throws Exception {
        String shard = "http://crl.example/a";
        load.load(scope(7, shard, true, false, null, 0));
        load.load(scope(6, shard, false, true, null, 0));
        load.load(scope(5, shard, false, false, new ReasonFlags(ReasonFlags.keyCompromise), 0));
        load.load(scope(4, shard, false, false, new ReasonFlags(ReasonFlags.superseded), 0));
        load.load(scope(3, "http://crl.example/b", true, false, null, 0));
        load.load(scope(2, shard, false, false, null, 0));
        load.load(full(1, 0));

        assertThat(load.sink().refusals()).isEmpty();
        assertThat(load.sink().warnings()).noneMatch(it -> it.text().contains("CR-18"));
        assertThat(head(shard + " onlyContainsUserCerts").number()).contains(BigInteger.valueOf(7));
        assertThat(head("").number()).contains(BigInteger.ONE);
        load.load(scope(6, shard, true, false, null, -1));
        assertThat(load.sink().refusals().getLast().text()).contains("number 7");
    }

    @Test
    void a_refused_crl_leaves_no_head() {
        assertThatThrownBy(() -> load.load(TestCa.root("CRL Root").sign(CA.crl(UPDATED))));

        assertThat(load.sink().crlHead(new CrlScope(CA.certificate().key(), ""))).isEmpty();
    }

    @Test
    @Requirement("SA-11")
    void a_delta_brings_its_revocations_and_undoes_none() throws Exception {
        load.load(full(7, 0));
        X509v2CRLBuilder delta = delta(8, 7);
        delta.addCRLEntry(BigInteger.TWO, Date.from(AT), CRLReason.keyCompromise);
        delta.addCRLEntry(BigInteger.ONE, Date.from(AT), CRLReason.removeFromCRL);

        load.load(CA.sign(delta));

        assertThat(load.revocations())
                .extracting(revoke -> revoke.key().serial().toHex())
                .containsExactly("01", "02");
        assertThat(load.sink().refusals())
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.text()).contains("serial 01", "SA-11"));
        // A full CRL may carry the number of the delta issued with it.
        load.load(full(8, 1));
    }

    @Test
    void a_delta_without_its_base_revokes_what_it_lists() throws Exception {
        X509v2CRLBuilder delta = delta(8, 7);
        delta.addCRLEntry(BigInteger.TWO, Date.from(AT), CRLReason.keyCompromise);
        delta.addCRLEntry(BigInteger.TEN, Date.from(AT), CRLReason.removeFromCRL);

        load.load(CA.sign(delta));

        assertThat(serials()).containsExactly("02");
        assertThat(load.sink().warnings())
                .anyMatch(
                        it ->
                                it.text()
                                        .contains(
                                                "builds on CRL number 7, but no numbered full"
                                                        + " CRL"));
        load.load(full(9, 60));
        load.load(CA.sign(delta(8, 7)));
        assertThat(load.sink().refusals().getLast().text())
                .contains("older than full CRL number 9");
    }

    private List<String> serials() {
        return load.revocations().stream().map(it -> it.key().serial().toHex()).toList();
    }

    private LatestCrl head(String part) {
        Optional<LatestCrl> head = load.sink().crlHead(new CrlScope(CA.certificate().key(), part));
        return head.orElseThrow();
    }

    /// A full CRL that revokes serial 1.
    private static X509CRLHolder full(long number, long secondsLater) throws IOException {
        X509v2CRLBuilder builder = numbered(number, secondsLater);
        builder.addCRLEntry(BigInteger.ONE, Date.from(AT), CRLReason.certificateHold);
        return CA.sign(builder);
    }

    private static X509v2CRLBuilder numbered(long number, long secondsLater) throws IOException {
        X509v2CRLBuilder builder = CA.crl(UPDATED.plusSeconds(secondsLater));
        builder.addExtension(Extension.cRLNumber, false, new ASN1Integer(number));
        return builder;
    }

    private static X509CRLHolder scope(
            long number,
            String uri,
            boolean users,
            boolean cas,
            @Nullable ReasonFlags reasons,
            long secondsLater)
            throws IOException {
        X509v2CRLBuilder builder = numbered(number, secondsLater);
        GeneralNames name =
                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
        builder.addExtension(
                Extension.issuingDistributionPoint,
                true,
                new IssuingDistributionPoint(
                        new DistributionPointName(name), users, cas, reasons, false, false));
        return CA.sign(builder);
    }

    private static X509v2CRLBuilder delta(long number, long base) throws IOException {
        X509v2CRLBuilder builder = CA.crl(UPDATED.plusSeconds(number));
        builder.addExtension(Extension.cRLNumber, false, new ASN1Integer(number));
        builder.addExtension(Extension.deltaCRLIndicator, true, new ASN1Integer(base));
        return builder;
    }
}
