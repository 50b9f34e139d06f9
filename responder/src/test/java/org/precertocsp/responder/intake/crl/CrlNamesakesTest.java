package org.precertocsp.responder.intake.crl;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERT61String;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.FeedReader;
import org.precertocsp.responder.intake.LoadJob;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ProgressListener;
import org.precertocsp.responder.intake.TestFeed;
import org.precertocsp.responder.intake.certificate.CertificateFeed;
import org.precertocsp.responder.intake.certificate.PrecertificateSigningCertificates;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.SerialStatus;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;
import org.precertocsp.signer.IssuerCertificate;

/// Issuer name and serial say which certificate a CRL entry is of, in a store that knows which key
/// assigned the serial.
final class CrlNamesakesTest {
    private static final Instant AT = Instant.parse("2026-05-30T08:00:00Z");
    private static final KeyPair OLD_KEY = TestCa.p256();
    private static final KeyPair NEW_KEY = TestCa.p256();
    private static final X500Name UTF8 = name(new DERUTF8String("Rolled"));
    private static final X500Name PRINTABLE = name(new DERPrintableString("Rolled"));
    private static final X500Name T61 = name(new DERT61String("ROLLED"));

    @TempDir Path directory;
    private @Nullable RocksStore opened;
    private long number;

    @BeforeEach
    void open() throws Exception {
        opened = RocksStore.open(new StoreConfig(directory.resolve("store"), 8 << 20));
    }

    private RocksStore store() {
        return Objects.requireNonNull(opened);
    }

    @AfterEach
    void close() {
        store().close();
    }

    @Test
    @Requirement("SS-07")
    void a_crl_of_the_new_key_revokes_what_the_old_key_assigned() throws Exception {
        ConfiguredIssuer old = issuer("old", UTF8, OLD_KEY);
        ConfiguredIssuer young = issuer("new", UTF8, NEW_KEY);
        assign(old, 1);
        assign(young, 2);
        assign(old, 3);
        assign(young, 3);

        LoadSummary summary = load(crl(UTF8, false, 1, 2, 3, 4), NEW_KEY, young, old);

        assertThat(summary.clean()).isTrue();
        assertThat(states(old)).containsExactly("revoked", "unassigned", "revoked", "unassigned");
        assertThat(states(young)).containsExactly("unassigned", "revoked", "revoked", "revoked");
        assertThat(summary.reports())
                .anyMatch(it -> it.reason().contains("have one name"))
                .anyMatch(it -> it.reason().contains("serial 04: revocation for a serial nobody"));
    }

    @Test
    @Requirement("SS-07")
    void a_delta_crl_does_so_too() throws Exception {
        ConfiguredIssuer old = issuer("old", UTF8, OLD_KEY);
        ConfiguredIssuer young = issuer("new", UTF8, NEW_KEY);
        assign(old, 1);

        load(crl(UTF8, true, 1), NEW_KEY, young, old);

        assertThat(states(old).getFirst()).isEqualTo("revoked");
        assertThat(states(young).getFirst()).isEqualTo("unassigned");
    }

    @Test
    @Requirement("SS-07")
    void of_issuers_with_one_key_the_one_of_the_very_name_is_meant() throws Exception {
        ConfiguredIssuer printable = issuer("printable", PRINTABLE, OLD_KEY);
        ConfiguredIssuer utf8 = issuer("utf8", UTF8, OLD_KEY);
        assign(utf8, 1);
        assign(printable, 2);
        assign(utf8, 3);
        assign(printable, 3);

        LoadSummary summary = load(crl(UTF8, false, 1, 2, 3, 4), OLD_KEY, printable, utf8);

        assertThat(states(utf8)).containsExactly("revoked", "unassigned", "revoked", "revoked");
        assertThat(states(printable))
                .containsExactly("unassigned", "revoked", "good", "unassigned");
        assertThat(summary.reports())
                .anyMatch(
                        it ->
                                it.reason()
                                        .contains(
                                                "serial 02: revoked under issuer 'printable', which"
                                                        + " assigned it and spells the name"
                                                        + " otherwise"));
    }

    @Test
    @Requirement("SS-07")
    void where_no_issuer_has_the_very_name_each_that_assigned_the_serial_is_meant()
            throws Exception {
        ConfiguredIssuer printable = issuer("printable", PRINTABLE, OLD_KEY);
        ConfiguredIssuer utf8 = issuer("utf8", UTF8, OLD_KEY);
        assign(printable, 1);
        assign(utf8, 1);

        LoadSummary summary = load(crl(T61, false, 1), OLD_KEY, printable, utf8);

        assertThat(states(utf8).getFirst()).isEqualTo("revoked");
        assertThat(states(printable).getFirst()).isEqualTo("revoked");
        assertThat(summary.reports())
                .anyMatch(it -> it.reason().contains("issuer 'printable', issuer 'utf8'"));
    }

    @Test
    void a_hold_on_an_older_crl_is_told_with_the_serial_that_stays_good() throws Exception {
        ConfiguredIssuer issuer = issuer("one", UTF8, OLD_KEY);
        assign(issuer, 1);
        X509v2CRLBuilder older = builder(UTF8);
        older.addCRLEntry(BigInteger.ONE, Date.from(AT), CRLReason.certificateHold);
        load(crl(UTF8, false, 2), OLD_KEY, issuer);

        LoadSummary summary = load(older, OLD_KEY, issuer);

        assertThat(states(issuer).getFirst()).isEqualTo("good");
        assertThat(summary.stillGood().serials()).containsExactly("01");
    }

    @Test
    @Requirement("CR-19")
    void a_signature_that_proves_nothing_is_told_with_the_serials_that_stay_good()
            throws Exception {
        KeyPair rsa = TestCa.rsa(2048);
        ConfiguredIssuer issuer = issuer("weak", UTF8, rsa);
        assign(issuer, 1);

        LoadSummary summary = load(crl(UTF8, false, 1, 2), rsa, "MD5withRSA", List.of(issuer));

        assertThat(summary.refusedFile()).get().asString().contains("anyone can forge");
        assertThat(summary.stillGood().serials()).containsExactly("01");
        assertThat(states(issuer).getFirst()).isEqualTo("good");
    }

    @Test
    @Requirement({"SA-09", "CR-07"})
    void a_sub_ca_revoked_without_a_reason_is_warned_of_and_shown() throws Exception {
        TestCa root = TestCa.root("Strict Root");
        ConfiguredIssuer issuer = TestFeed.issuer("root", root, IssuerProfile.TLS);
        Path certificate =
                TestCa.write(directory.resolve("sub.pem"), root.subordinate("Sub").holder());
        ConfiguredIssuer.Directory issuers = new ConfiguredIssuer.Directory(List.of(issuer));
        load(
                FeedKind.CERTIFICATES,
                new CertificateFeed(PrecertificateSigningCertificates.of(issuers, List.of())),
                certificate);
        X509v2CRLBuilder crl = builder(root.holder().getSubject());
        crl.addCRLEntry(BigInteger.TWO, Date.from(AT), 0);

        LoadSummary summary = load(crl, root.keys(), issuer);

        assertThat(summary.reports())
                .anyMatch(it -> it.reason().contains("a CA certificate revoked without a reason"));
        assertThat(SerialStatus.of("root", store().dossier(key(issuer, 2))).history())
                .anyMatch(it -> it.what().contains("SA-09"));
    }

    private static X500Name name(ASN1Encodable commonName) {
        return new X500NameBuilder().addRDN(BCStyle.C, "ZZ").addRDN(BCStyle.CN, commonName).build();
    }

    private static ConfiguredIssuer issuer(String called, X500Name name, KeyPair keys)
            throws Exception {
        byte[] der =
                TestCa.encoded(
                        TestCa.root("Parent")
                                .certificate(BigInteger.TWO, name, keys, TestCa.caUsage()));
        return new ConfiguredIssuer(
                called,
                List.of(IssuerCertificate.parse(ByteString.of(der))),
                IssuerProfile.PRIVATE);
    }

    private void assign(ConfiguredIssuer issuer, int serial) {
        ChangeSource source = new ChangeSource("csv", "good.csv", ByteString.of(), TestFeed.NOW);
        try (ChangeSet set = store().begin(source)) {
            set.apply(
                    new StatusChange.Assign(
                            key(issuer, serial),
                            AssignedBy.DECLARATION,
                            Optional.empty(),
                            Optional.empty()));
            set.commit();
        }
    }

    private static SerialKey key(ConfiguredIssuer issuer, int serial) {
        return new SerialKey(issuer.key(), Serial.of(BigInteger.valueOf(serial)));
    }

    /// Of serials 1 to 4.
    private List<String> states(ConfiguredIssuer issuer) {
        return List.of(1, 2, 3, 4).stream()
                .map(
                        serial ->
                                store().find(key(issuer, serial))
                                        .map(SerialStatus::state)
                                        .orElse(SerialStatus.UNASSIGNED))
                .toList();
    }

    private X509v2CRLBuilder builder(X500Name issuer) throws Exception {
        number++;
        X509v2CRLBuilder builder =
                new X509v2CRLBuilder(issuer, Date.from(AT.plusSeconds(60 * number)));
        builder.addExtension(Extension.cRLNumber, false, new ASN1Integer(number));
        return builder;
    }

    private X509v2CRLBuilder crl(X500Name issuer, boolean delta, int... serials) throws Exception {
        X509v2CRLBuilder builder = builder(issuer);
        if (delta) {
            builder.addExtension(Extension.deltaCRLIndicator, true, new ASN1Integer(0));
        }
        for (int serial : serials) {
            builder.addCRLEntry(BigInteger.valueOf(serial), Date.from(AT), CRLReason.superseded);
        }
        return builder;
    }

    private LoadSummary load(X509v2CRLBuilder crl, KeyPair signer, ConfiguredIssuer... issuers)
            throws Exception {
        return load(crl, signer, "SHA256withECDSA", List.of(issuers));
    }

    private LoadSummary load(
            X509v2CRLBuilder crl, KeyPair signer, String algorithm, List<ConfiguredIssuer> issuers)
            throws Exception {
        byte[] der =
                crl.build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate()))
                        .getEncoded();
        Path file = Files.write(directory.resolve("test.crl"), der);
        return load(
                FeedKind.CRL,
                new CrlFeed(new ConfiguredIssuer.Directory(issuers), () -> TestFeed.NOW),
                file);
    }

    private LoadSummary load(FeedKind kind, FeedReader feed, Path file) throws Exception {
        return new FeedLoader(store(), () -> TestFeed.NOW)
                .load(
                        new LoadJob(
                                kind,
                                feed,
                                file,
                                "test",
                                Optional.empty(),
                                ProgressListener.SILENT));
    }
}
