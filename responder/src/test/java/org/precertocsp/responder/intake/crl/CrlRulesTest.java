package org.precertocsp.responder.intake.crl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.ReasonFlags;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.intake.TestFeed;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.signer.IssuerCertificate;

final class CrlRulesTest {
    private static final TestCa CA = TestCa.root("CRL Root");
    private static final Instant AT = Instant.parse("2026-05-30T08:00:00Z");
    private static final Instant UPDATED = TestFeed.NOW.minus(Duration.ofHours(1));
    private static final ASN1ObjectIdentifier JUNK = new ASN1ObjectIdentifier("1.2.3.4");

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(ints = {CRLReason.certificateHold, CRLReason.cACompromise, CRLReason.aACompromise})
    @Requirement({"CR-08", "SA-04", "SA-10"})
    void a_reason_tls_forbids_is_not_shown_but_the_certificate_is_revoked(int reason)
            throws Exception {
        X509v2CRLBuilder builder = numbered(BigInteger.ONE);
        builder.addCRLEntry(BigInteger.TEN, Date.from(AT), reason);

        RecordingSink sink = load(IssuerProfile.TLS, builder);

        assertThat(reasons(sink)).containsExactly(RevocationReason.UNSPECIFIED);
        assertThat(sink.warnings())
                .singleElement()
                .satisfies(warning -> assertThat(warning.text()).contains("serial 0a", "CR-08"));
        assertThat(reasons(load(IssuerProfile.PRIVATE, builder)))
                .containsExactly(RevocationReason.ofCode(reason).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0a0107", "0a010b", "0a017f", "0a01ff", "0a02007f"})
    @Requirement({"CR-08", "CR-09"})
    void a_reason_that_does_not_exist_refuses_its_entry(String enumerated) throws Exception {
        byte[] bad = RawCrl.tlv(0x30, RawCrl.extension("551d15", RawCrl.hex(enumerated)));
        byte[] entries = RawCrl.tlv(0x30, RawCrl.entry("05", AT, bad), RawCrl.entry("06", AT));
        byte[] der =
                RawCrl.signed(
                        CA,
                        RawCrl.V2,
                        RawCrl.ECDSA_SHA256,
                        RawCrl.name(CA),
                        RawCrl.time(UPDATED),
                        entries);

        RecordingSink sink = CrlLoad.of(directory, CA, IssuerProfile.PRIVATE).load(der);

        assertThat(sink.changes()).hasSize(1);
        assertThat(sink.refusals())
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.text()).containsIgnoringCase("reason"));
    }

    @Test
    @Requirement("CR-09")
    void a_full_crl_that_removes_is_refused_whole() throws Exception {
        X509v2CRLBuilder builder = numbered(BigInteger.ONE);
        builder.addCRLEntry(BigInteger.ONE, Date.from(AT), CRLReason.keyCompromise);
        builder.addCRLEntry(BigInteger.TEN, Date.from(AT), CRLReason.removeFromCRL);

        refused(IssuerProfile.PRIVATE, builder, "CR-09");
    }

    @Test
    @Requirement("CR-14")
    void code_signing_withholds_an_invalidity_date_of_its_own() throws Exception {
        X509v2CRLBuilder builder = numbered(BigInteger.ONE);
        builder.addCRLEntry(
                BigInteger.TEN,
                Date.from(AT),
                CRLReason.keyCompromise,
                Date.from(AT.minusSeconds(60)));

        RecordingSink sink = load(IssuerProfile.CODE_SIGNING, builder);

        assertThat(revokes(sink))
                .singleElement()
                .satisfies(
                        revoke -> {
                            assertThat(revoke.revocation().at()).isEqualTo(AT);
                            assertThat(revoke.revocation().invalidityDate()).isEmpty();
                        });
        assertThat(sink.warnings().getFirst().text()).contains("CR-14");
    }

    @Test
    @Requirement("CR-16")
    void indirect_and_contradictory_and_attribute_crls_are_refused_everywhere() throws Exception {
        refused(IssuerProfile.PRIVATE, with(point(false, false, true, false)), "indirect");
        X509v2CRLBuilder both = numbered(BigInteger.ONE);
        both.addExtension(Extension.issuingDistributionPoint, true, RawCrl.hex("30068101ff8201ff"));
        refused(IssuerProfile.PRIVATE, both, "exclude each other");
        refused(IssuerProfile.PRIVATE, with(point(false, false, false, true)), "attribute");
        X509v2CRLBuilder foreign = numbered(BigInteger.ONE);
        foreign.addCRLEntry(
                BigInteger.ONE,
                Date.from(AT),
                extension(
                        Extension.certificateIssuer,
                        true,
                        new GeneralNames(new GeneralName(TestCa.name("Somebody Else")))));
        refused(IssuerProfile.PRIVATE, foreign, "indirect");
    }

    @Test
    @Requirement("CR-16")
    void careless_distribution_points_are_refused_where_the_profile_is_strict() throws Exception {
        X509v2CRLBuilder notCritical = numbered(BigInteger.ONE);
        notCritical.addExtension(
                Extension.issuingDistributionPoint, false, point(true, false, false, false));
        X509v2CRLBuilder someReasons = numbered(BigInteger.ONE);
        someReasons.addExtension(
                Extension.issuingDistributionPoint,
                true,
                new IssuingDistributionPoint(
                        uri("http://crl.example/1"),
                        false,
                        false,
                        new ReasonFlags(ReasonFlags.keyCompromise),
                        false,
                        false));

        for (X509v2CRLBuilder builder : List.of(notCritical, someReasons)) {
            refused(IssuerProfile.TLS, builder, "CR-16");
            assertThat(load(IssuerProfile.PRIVATE, builder).warnings())
                    .anySatisfy(warning -> assertThat(warning.text()).contains("CR-16"));
        }
        assertThatCode(() -> load(IssuerProfile.TLS, with(point(true, false, false, false))))
                .doesNotThrowAnyException();
    }

    @Test
    @Requirement("CR-17")
    void an_unknown_critical_extension_forbids_the_crl() throws Exception {
        X509v2CRLBuilder onCrl = numbered(BigInteger.ONE);
        onCrl.addExtension(JUNK, true, DERNull.INSTANCE);
        X509v2CRLBuilder onEntry = numbered(BigInteger.ONE);
        onEntry.addCRLEntry(BigInteger.ONE, Date.from(AT), extension(JUNK, true, DERNull.INSTANCE));
        X509v2CRLBuilder harmless = numbered(BigInteger.ONE);
        harmless.addExtension(JUNK, false, DERNull.INSTANCE);
        harmless.addCRLEntry(
                BigInteger.ONE, Date.from(AT), extension(JUNK, false, DERNull.INSTANCE));

        refused(IssuerProfile.PRIVATE, onCrl, "1.2.3.4", "CR-17");
        refused(IssuerProfile.PRIVATE, onEntry, "1.2.3.4", "CR-17");
        assertThat(load(IssuerProfile.TLS, harmless).changes()).hasSize(1);
    }

    @Test
    @Requirement("CR-18")
    void a_number_outside_its_range_or_missing() throws Exception {
        BigInteger top = BigInteger.ONE.shiftLeft(159);

        refused(IssuerProfile.PRIVATE, numbered(BigInteger.ONE.negate()), "CR-18");
        refused(IssuerProfile.PRIVATE, numbered(top), "CR-18");
        refused(IssuerProfile.TLS, CA.crl(UPDATED), "no cRLNumber");
        assertThatCode(() -> load(IssuerProfile.TLS, numbered(top.subtract(BigInteger.ONE))))
                .doesNotThrowAnyException();
        assertThat(load(IssuerProfile.PRIVATE, CA.crl(UPDATED)).warnings())
                .anySatisfy(warning -> assertThat(warning.text()).contains("CR-18"));
    }

    @Test
    @Requirement("CR-19")
    void the_signer_must_be_allowed_to_sign_crls() throws Exception {
        KeyPair keys = TestCa.p256();
        X509CertificateHolder without =
                sub(keys, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.digitalSignature));
        X509CertificateHolder none = sub(keys, null);
        X509CertificateHolder with = sub(keys, new KeyUsage(KeyUsage.cRLSign));

        assertThatThrownBy(() -> load(keys, IssuerProfile.PRIVATE, without))
                .hasMessageContaining("CR-19");
        assertThatThrownBy(() -> load(keys, IssuerProfile.TLS, none)).hasMessageContaining("CR-19");
        assertThat(load(keys, IssuerProfile.PRIVATE, none).warnings())
                .anySatisfy(warning -> assertThat(warning.text()).contains("CR-19"));
        assertThatCode(() -> load(keys, IssuerProfile.TLS, without, with))
                .doesNotThrowAnyException();
    }

    @Test
    void weak_signatures_are_refused_or_warned_of() throws Exception {
        KeyPair keys = TestCa.rsa(2048);
        FedIssuer strict = issuer(IssuerProfile.TLS, sub(keys, new KeyUsage(KeyUsage.cRLSign)));
        FedIssuer open = issuer(IssuerProfile.PRIVATE, sub(keys, new KeyUsage(KeyUsage.cRLSign)));
        X509CRLHolder sha1 = signed(keys, "SHA1withRSA");
        X509CRLHolder pss = signed(keys, "SHA256withRSAandMGF1");

        assertThatThrownBy(() -> new CrlLoad(directory, strict).load(sha1))
                .hasMessageContaining("SHA1");
        assertThat(new CrlLoad(directory, open).load(sha1).warnings())
                .anySatisfy(warning -> assertThat(warning.text()).contains("weak"));
        assertThat(new CrlLoad(directory, strict).load(pss).warnings()).isEmpty();
        assertThatThrownBy(() -> new CrlLoad(directory, open).load(signed(keys, "MD5withRSA")))
                .hasMessageContaining("forge");
    }

    @Test
    void signatures_the_java_platform_cannot_check_are_checked_all_the_same() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", new BouncyCastleProvider());
        generator.initialize(new ECGenParameterSpec("brainpoolP256r1"));
        KeyPair keys = generator.generateKeyPair();
        FedIssuer issuer = issuer(IssuerProfile.PRIVATE, sub(keys, new KeyUsage(KeyUsage.cRLSign)));
        X509CRLHolder good = signed(keys, "SHA256withECDSA");
        X509CRLHolder bad = signed(generator.generateKeyPair(), "SHA256withECDSA");

        assertThatCode(() -> new CrlLoad(directory, issuer).load(good)).doesNotThrowAnyException();
        assertThatThrownBy(() -> new CrlLoad(directory, issuer).load(bad))
                .hasMessageContaining("not by the key");
    }

    private RecordingSink load(IssuerProfile profile, X509v2CRLBuilder builder) throws FeedRefused {
        return CrlLoad.of(directory, CA, profile).load(CA.sign(builder));
    }

    private void refused(IssuerProfile profile, X509v2CRLBuilder builder, String... why) {
        CrlLoad load = CrlLoad.of(directory, CA, profile);
        assertThatThrownBy(() -> load.load(CA.sign(builder)))
                .isInstanceOf(FeedRefused.class)
                .message()
                .contains(why);
        assertThat(load.sink().changes()).isEmpty();
    }

    private RecordingSink load(
            KeyPair keys, IssuerProfile profile, X509CertificateHolder... certificates)
            throws Exception {
        return new CrlLoad(directory, issuer(profile, certificates))
                .load(signed(keys, "SHA256withECDSA"));
    }

    private static FedIssuer issuer(IssuerProfile profile, X509CertificateHolder... certificates)
            throws Exception {
        List<IssuerCertificate> parsed = new ArrayList<>();
        for (X509CertificateHolder certificate : certificates) {
            parsed.add(IssuerCertificate.parse(Octets.of(certificate.getEncoded())));
        }
        return new FedIssuer("sub", parsed, profile);
    }

    private static X509CRLHolder signed(KeyPair keys, String algorithm) throws Exception {
        X509v2CRLBuilder builder = new X509v2CRLBuilder(TestCa.name("Sub"), Date.from(UPDATED));
        builder.setNextUpdate(Date.from(TestFeed.NOW.plusSeconds(60)));
        builder.addExtension(Extension.cRLNumber, false, new ASN1Integer(1));
        return builder.build(
                new JcaContentSignerBuilder(algorithm)
                        .setProvider(new BouncyCastleProvider())
                        .build(keys.getPrivate()));
    }

    private static X509CertificateHolder sub(KeyPair keys, @Nullable KeyUsage usage) {
        return CA.certificate(
                BigInteger.TEN,
                TestCa.name("Sub"),
                keys,
                builder -> {
                    builder.addExtension(
                            Extension.basicConstraints, true, new BasicConstraints(true));
                    if (usage != null) {
                        builder.addExtension(Extension.keyUsage, true, usage);
                    }
                });
    }

    private static X509v2CRLBuilder with(IssuingDistributionPoint point) throws IOException {
        X509v2CRLBuilder builder = numbered(BigInteger.ONE);
        builder.addExtension(Extension.issuingDistributionPoint, true, point);
        return builder;
    }

    private static IssuingDistributionPoint point(
            boolean users, boolean cas, boolean indirect, boolean attributes) {
        return new IssuingDistributionPoint(
                uri("http://crl.example/1"), users, cas, null, indirect, attributes);
    }

    private static DistributionPointName uri(String uri) {
        return new DistributionPointName(
                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
    }

    private static X509v2CRLBuilder numbered(BigInteger number) throws IOException {
        X509v2CRLBuilder builder = CA.crl(UPDATED);
        builder.setNextUpdate(Date.from(TestFeed.NOW.plus(Duration.ofDays(3))));
        builder.addExtension(Extension.cRLNumber, false, new ASN1Integer(number));
        return builder;
    }

    private static Extensions extension(
            ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) throws IOException {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(oid, critical, value);
        return extensions.generate();
    }

    private static List<StatusChange.Revoke> revokes(RecordingSink sink) {
        return sink.changes().stream().map(StatusChange.Revoke.class::cast).toList();
    }

    private static List<RevocationReason> reasons(RecordingSink sink) {
        return revokes(sink).stream().map(revoke -> revoke.revocation().reason()).toList();
    }
}
