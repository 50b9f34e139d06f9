package org.precertocsp.responder.intake.crl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.intake.TestFeed;
import org.precertocsp.responder.status.CrlHead;
import org.precertocsp.responder.status.CrlScope;

final class CrlSeriesTest {
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
    void numbers_never_go_back() throws Exception {
        load.load(full(7, 0));

        assertThatThrownBy(() -> load.load(full(6, 1)))
                .hasMessageContaining("CRL number 6 is older than number 7")
                .hasMessageContaining("CR-18");
        load.load(full(8, 1));
        assertThatThrownBy(() -> load.load(full(7, 2))).hasMessageContaining("7");
    }

    @Test
    @Requirement("CR-18")
    void the_same_crl_may_come_again_but_no_other_of_its_number() throws Exception {
        X509CRLHolder crl = full(7, 0);
        load.load(crl);
        load.load(TestCa.pem("X509 CRL", crl.getEncoded()));

        assertThatThrownBy(() -> load.load(full(7, 1)))
                .hasMessageContaining("another CRL with cRLNumber 7");
        assertThat(load.revocations()).hasSize(2).allMatch(load.revocations().getFirst()::equals);
    }

    @Test
    @Requirement("CR-18")
    void without_numbers_the_date_decides() throws Exception {
        load.load(CA.sign(CA.crl(UPDATED)));

        assertThatThrownBy(() -> load.load(CA.sign(CA.crl(UPDATED.minusSeconds(1)))))
                .hasMessageContaining("older");
        X509v2CRLBuilder other = CA.crl(UPDATED);
        other.addCRLEntry(BigInteger.ONE, Date.from(AT), 0);
        assertThatThrownBy(() -> load.load(CA.sign(other))).hasMessageContaining("another CRL");
        load.load(CA.sign(CA.crl(UPDATED.plusSeconds(1))));
    }

    @Test
    @Requirement("CR-18")
    void a_crl_without_number_does_not_let_older_numbers_in_again() throws Exception {
        load.load(full(7, 0));
        load.load(CA.sign(CA.crl(UPDATED.plusSeconds(1))));

        assertThatThrownBy(() -> load.load(full(6, 2))).hasMessageContaining("number 7");
    }

    @Test
    @Requirement({"CR-16", "CR-18"})
    void every_shard_counts_for_itself() throws Exception {
        load.load(shard(7, "http://crl.example/a"));
        load.load(shard(3, "http://crl.example/b"));
        load.load(full(1, 0));

        assertThat(head("http://crl.example/a").number()).contains(BigInteger.valueOf(7));
        assertThat(head("http://crl.example/b").number()).contains(BigInteger.valueOf(3));
        assertThat(head("").number()).contains(BigInteger.ONE);
        assertThatThrownBy(() -> load.load(shard(6, "http://crl.example/a")))
                .hasMessageContaining("number 7");
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
    void a_delta_without_its_base_is_refused_with_the_remedy() throws Exception {
        assertThatThrownBy(() -> load.load(CA.sign(delta(8, 7))))
                .hasMessageContaining("CRL number 7")
                .hasMessageContaining("load the full CRL first");
        load.load(full(6, 0));
        assertThatThrownBy(() -> load.load(CA.sign(delta(8, 7))))
                .hasMessageContaining("the newest full CRL taken in is 6");
        load.load(full(9, 1));
        assertThatThrownBy(() -> load.load(CA.sign(delta(8, 7))))
                .hasMessageContaining("older than full CRL number 9");
    }

    private CrlHead head(String part) {
        Optional<CrlHead> head = load.sink().crlHead(new CrlScope(CA.certificate().key(), part));
        return head.orElseThrow();
    }

    /// A full CRL that revokes serial 1.
    private static X509CRLHolder full(long number, long secondsLater) throws IOException {
        X509v2CRLBuilder builder = CA.crl(UPDATED.plusSeconds(secondsLater));
        builder.addExtension(Extension.cRLNumber, false, new ASN1Integer(number));
        builder.addCRLEntry(BigInteger.ONE, Date.from(AT), CRLReason.certificateHold);
        return CA.sign(builder);
    }

    private static X509CRLHolder shard(long number, String uri) throws IOException {
        X509v2CRLBuilder builder = CA.crl(UPDATED);
        builder.addExtension(Extension.cRLNumber, false, new ASN1Integer(number));
        GeneralNames name =
                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
        builder.addExtension(
                Extension.issuingDistributionPoint,
                true,
                new IssuingDistributionPoint(
                        new DistributionPointName(name), true, false, null, false, false));
        return CA.sign(builder);
    }

    private static X509v2CRLBuilder delta(long number, long base) throws IOException {
        X509v2CRLBuilder builder = CA.crl(UPDATED.plusSeconds(number));
        builder.addExtension(Extension.cRLNumber, false, new ASN1Integer(number));
        builder.addExtension(Extension.deltaCRLIndicator, true, new ASN1Integer(base));
        return builder;
    }
}
