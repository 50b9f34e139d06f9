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
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.intake.TestFeed;
import org.precertocsp.responder.status.CrlScope;
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
    @ValueSource(
            strings = {
                "0a0107",
                "0a010b",
                "0a017f",
                "0a01ff",
                "0a02007f",
                "0a020001",
                "0a00",
                "020101",
                "0a01040500",
                "",
                "0a",
                "0c0131"
            })
    @Requirement({"CR-08", "CR-09"})
    void a_reason_that_does_not_exist_is_left_out_and_the_serial_revoked(String enumerated)
            throws Exception {
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

        assertThat(reasons(sink))
                .containsExactly(RevocationReason.UNSPECIFIED, RevocationReason.UNSPECIFIED);
        assertThat(sink.warnings())
                .anySatisfy(
                        warning ->
                                assertThat(warning.text())
                                        .contains("serial 05")
                                        .containsIgnoringCase("reason"));
        assertThat(sink.refusals()).isEmpty();
    }

    @Test
    @Requirement("CR-09")
    void a_removal_on_a_full_crl_is_left_out_and_the_others_are_revoked() throws Exception {
        X509v2CRLBuilder builder = numbered(BigInteger.ONE);
        builder.addCRLEntry(BigInteger.ONE, Date.from(AT), CRLReason.keyCompromise);
        builder.addCRLEntry(BigInteger.TEN, Date.from(AT), CRLReason.removeFromCRL);

        RecordingSink sink = load(IssuerProfile.PRIVATE, builder);
        assertThat(reasons(sink)).containsExactly(RevocationReason.KEY_COMPROMISE);
        assertThat(sink.refusals())
                .singleElement()
                .satisfies(it -> assertThat(it.text()).contains("serial 0a", "CR-09"));
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
    void a_crl_of_attribute_certificates_is_refused_and_what_is_of_other_issuers_left_out()
            throws Exception {
        refused(IssuerProfile.PRIVATE, with(point(false, false, false, true)), "attribute");
        X509v2CRLBuilder indirect = with(point(false, false, true, false));
        indirect.addCRLEntry(BigInteger.ONE, Date.from(AT), 0);
        indirect.addCRLEntry(BigInteger.TWO, Date.from(AT), certificateIssuer("Somebody Else"));
        indirect.addCRLEntry(BigInteger.valueOf(3), Date.from(AT), 0);
        indirect.addCRLEntry(BigInteger.valueOf(4), Date.from(AT), certificateIssuer("CRL Root"));
        indirect.addCRLEntry(BigInteger.valueOf(5), Date.from(AT), 0);

        RecordingSink sink = load(IssuerProfile.TLS, indirect);

        assertThat(revokes(sink))
                .extracting(revoke -> revoke.key().serial().toHex())
                .containsExactly("01", "04", "05");
        assertThat(sink.refusals())
                .hasSize(2)
                .allSatisfy(it -> assertThat(it.text()).contains("Somebody Else", "CR-16"));
    }

    private static Extensions certificateIssuer(String name) throws IOException {
        return extension(
                Extension.certificateIssuer,
                true,
                new GeneralNames(new GeneralName(TestCa.name(name))));
    }

    @Test
    @Requirement("CR-16")
    void a_careless_distribution_point_is_warned_of_and_what_is_listed_revoked() throws Exception {
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
        X509v2CRLBuilder both = numbered(BigInteger.ONE);
        both.addExtension(Extension.issuingDistributionPoint, true, RawCrl.hex("30068101ff8201ff"));

        for (X509v2CRLBuilder builder : List.of(notCritical, someReasons, both)) {
            builder.addCRLEntry(BigInteger.TEN, Date.from(AT), 0);
            RecordingSink sink = load(IssuerProfile.TLS, builder);
            assertThat(sink.changes()).hasSize(1);
            assertThat(sink.warnings())
                    .anyMatch(it -> it.text().matches(".*(CR-16|issuingDistributionPoint).*"));
        }
        assertThat(load(IssuerProfile.TLS, with(point(true, false, false, false))).warnings())
                .isEmpty();
    }

    /// Each is one extension of the CRL, with its tag and length, or what stands in its place.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "3009 0603551d14 0402 0401", // cRLNumber an OCTET STRING
                "300b 0603551d14 0404 02010100", // a byte behind it
                "3009 0603551d14 0402 0200", // no byte in it
                "3007 0603551d14 0400", // nothing
                "3005 0603551d14", // no value
                "300a 0603551d14 0303 020101", // the value a BIT STRING
                "3009 0603551d1c 0402 0500", // issuingDistributionPoint NULL
                "3009 0603551d1b 0402 0500", // deltaCRLIndicator NULL
                "3009 0603551d23 0402 0500", // authorityKeyIdentifier NULL
                "3009 0603551d23 0402 3000 3009 0603551d23 0402 3000", // twice
                "3004 06022a80", // an identifier that does not end
                "0500", // no SEQUENCE
                "3081", // cut short
            })
    @Requirement({"CR-16", "CR-18"})
    void an_accessory_that_cannot_be_read_is_left_out_and_what_is_listed_revoked(String hex)
            throws Exception {
        byte[] der =
                RawCrl.signed(
                        CA,
                        RawCrl.V2,
                        RawCrl.ECDSA_SHA256,
                        RawCrl.name(CA),
                        RawCrl.time(UPDATED),
                        RawCrl.time(UPDATED.plusSeconds(9_000)),
                        RawCrl.tlv(0x30, RawCrl.entry("05", AT)),
                        RawCrl.tlv(0xa0, RawCrl.tlv(0x30, RawCrl.hex(hex))));

        RecordingSink sink = CrlLoad.of(directory, CA, IssuerProfile.TLS).load(der);

        assertThat(sink.changes()).hasSize(1);
        assertThat(sink.refusals()).isEmpty();
        assertThat(sink.warnings())
                .anyMatch(it -> it.text().matches(".*(cannot be read|occurs twice).*"));
    }

    /// What stands between thisUpdate and the extensions; LIST is the list with serial 05.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0500 LIST", // nextUpdate NULL
                "130d 3236303533303038303030305a LIST", // a PrintableString
                "170d 3236303533303038303030305a 170d 3236303533303038303030305a LIST", // twice
                "LIST 0500", // more behind the list
                "3000 LIST", // two lists
                "SET", // a SET
                "a100 LIST", // another tag
            })
    @Requirement("SA-11")
    void an_element_that_does_not_belong_there_hides_no_entry(String elements) throws Exception {
        byte[] entry = RawCrl.entry("05", AT);
        String hex =
                elements.replace("LIST", ByteString.of(RawCrl.tlv(0x30, entry)).toHex())
                        .replace("SET", ByteString.of(RawCrl.tlv(0x31, entry)).toHex());
        byte[] der =
                RawCrl.signed(
                        CA,
                        RawCrl.V2,
                        RawCrl.ECDSA_SHA256,
                        RawCrl.name(CA),
                        RawCrl.time(UPDATED),
                        RawCrl.hex(hex),
                        RawCrl.hex("a00e 300c 300a 0603551d14 0403 020107"));

        RecordingSink sink = CrlLoad.of(directory, CA, IssuerProfile.PRIVATE).load(der);

        assertThat(revokes(sink))
                .extracting(revoke -> revoke.key().serial().toHex())
                .containsExactly("05");
        assertThat(sink.refusals()).isEmpty();
        assertThat(sink.warnings()).noneMatch(it -> it.text().contains("no cRLNumber"));
    }

    @Test
    @Requirement("SA-11")
    void a_this_update_of_another_type_or_an_entry_that_overruns_the_list_hides_no_other()
            throws Exception {
        byte[] der =
                RawCrl.signed(
                        CA,
                        RawCrl.V2,
                        RawCrl.ECDSA_SHA256,
                        RawCrl.name(CA),
                        RawCrl.hex("1300"),
                        RawCrl.tlv(0x30, RawCrl.entry("05", AT), RawCrl.hex("3020 020106")));

        RecordingSink sink = CrlLoad.of(directory, CA, IssuerProfile.PRIVATE).load(der);

        assertThat(revokes(sink))
                .extracting(revoke -> revoke.key().serial().toHex())
                .containsExactly("05");
        assertThat(sink.warnings()).anyMatch(it -> it.text().startsWith("thisUpdate (offset"));
        assertThat(sink.refusals())
                .singleElement()
                .satisfies(it -> assertThat(it.text()).contains("longer than what holds it"));
    }

    /// What stands in an entry behind its serial.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // nothing
                "170d 323630353330303830303030", // a date whose length is wrong
                "170d 3236313333303038303030305a", // month 13
                "170c 323630353330303830303030", // no zone
                "180f 30303030303130313030303030305a", // year 0
                "1813 39393939313233313233353935392d30313030", // year 10000 in UTC
                "0201 05", // no time
                "170d 3236303533303038303030305a 0500", // NULL for extensions
                "170d 3236303533303038303030305a 3000 0500", // more behind them
                "170d 3236303533303038303030305a 300b 3009 0603551d18 0402 0500", // date NULL
                "170d 3236303533303038303030305a 3007 3005 0603551d18", // no value
                "170d 3236303533303038303030305a 3081", // extensions cut short
                "3000", // extensions without a date
            })
    @Requirement("SA-11")
    void an_entry_whose_serial_can_be_read_is_revoked(String rest) throws Exception {
        byte[] odd = RawCrl.tlv(0x30, RawCrl.hex("020105"), RawCrl.hex(rest));
        byte[] der =
                RawCrl.signed(
                        CA,
                        RawCrl.V2,
                        RawCrl.ECDSA_SHA256,
                        RawCrl.name(CA),
                        RawCrl.time(UPDATED),
                        RawCrl.tlv(0x30, odd, RawCrl.entry("06", AT)));

        RecordingSink sink = CrlLoad.of(directory, CA, IssuerProfile.PRIVATE).load(der);

        assertThat(revokes(sink))
                .extracting(revoke -> revoke.key().serial().toHex())
                .containsExactly("05", "06");
        assertThat(sink.refusals()).isEmpty();
        assertThat(sink.warnings()).anyMatch(it -> it.text().startsWith("serial 05: "));
    }

    @Test
    @Requirement("CR-17")
    void what_a_crl_with_an_unknown_critical_extension_lists_is_revoked() throws Exception {
        X509v2CRLBuilder onCrl = numbered(BigInteger.ONE);
        onCrl.addExtension(JUNK, true, DERNull.INSTANCE);
        onCrl.addCRLEntry(BigInteger.ONE, Date.from(AT), 0);
        X509v2CRLBuilder onEntry = numbered(BigInteger.ONE);
        onEntry.addCRLEntry(BigInteger.ONE, Date.from(AT), extension(JUNK, true, DERNull.INSTANCE));
        X509v2CRLBuilder harmless = numbered(BigInteger.ONE);
        harmless.addExtension(JUNK, false, DERNull.INSTANCE);
        harmless.addCRLEntry(
                BigInteger.ONE, Date.from(AT), extension(JUNK, false, DERNull.INSTANCE));

        for (X509v2CRLBuilder builder : List.of(onCrl, onEntry)) {
            RecordingSink sink = load(IssuerProfile.TLS, builder);
            assertThat(sink.changes()).hasSize(1);
            assertThat(sink.warnings())
                    .anySatisfy(it -> assertThat(it.text()).contains("1.2.3.4", "CR-17"));
        }
        assertThat(load(IssuerProfile.TLS, harmless).warnings()).isEmpty();
    }

    @Test
    @Requirement("CR-18")
    void a_number_outside_its_range_or_missing() throws Exception {
        BigInteger top = BigInteger.ONE.shiftLeft(159);

        for (X509v2CRLBuilder builder :
                List.of(numbered(BigInteger.ONE.negate()), numbered(top), CA.crl(UPDATED))) {
            builder.addCRLEntry(BigInteger.TEN, Date.from(AT), 0);
            RecordingSink sink = load(IssuerProfile.TLS, builder);
            assertThat(sink.changes()).hasSize(1);
            assertThat(sink.warnings()).anyMatch(it -> it.text().contains("CR-18"));
            assertThat(
                            sink.crlHead(new CrlScope(CA.certificate().key(), ""))
                                    .orElseThrow()
                                    .number())
                    .isEmpty();
        }
        assertThatCode(() -> load(IssuerProfile.TLS, numbered(top.subtract(BigInteger.ONE))))
                .doesNotThrowAnyException();
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
        ConfiguredIssuer strict =
                issuer(IssuerProfile.TLS, sub(keys, new KeyUsage(KeyUsage.cRLSign)));
        ConfiguredIssuer open =
                issuer(IssuerProfile.PRIVATE, sub(keys, new KeyUsage(KeyUsage.cRLSign)));
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
        ConfiguredIssuer issuer =
                issuer(IssuerProfile.PRIVATE, sub(keys, new KeyUsage(KeyUsage.cRLSign)));
        X509CRLHolder good = signed(keys, "SHA256withECDSA");
        X509CRLHolder bad = signed(generator.generateKeyPair(), "SHA256withECDSA");

        assertThatCode(() -> new CrlLoad(directory, issuer).load(good)).doesNotThrowAnyException();
        assertThatThrownBy(() -> new CrlLoad(directory, issuer).load(bad))
                .hasMessageContaining("not by the key");
    }

    private RecordingSink load(IssuerProfile profile, X509v2CRLBuilder builder)
            throws FeedRejectedException {
        return CrlLoad.of(directory, CA, profile).load(CA.sign(builder));
    }

    private void refused(IssuerProfile profile, X509v2CRLBuilder builder, String... why) {
        CrlLoad load = CrlLoad.of(directory, CA, profile);
        assertThatThrownBy(() -> load.load(CA.sign(builder)))
                .isInstanceOf(FeedRejectedException.class)
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

    private static ConfiguredIssuer issuer(
            IssuerProfile profile, X509CertificateHolder... certificates) throws Exception {
        List<IssuerCertificate> parsed = new ArrayList<>();
        for (X509CertificateHolder certificate : certificates) {
            parsed.add(IssuerCertificate.parse(ByteString.of(certificate.getEncoded())));
        }
        return new ConfiguredIssuer("sub", parsed, profile);
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
