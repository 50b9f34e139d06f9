package org.precertocsp.responder.intake.crl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.RecordingSink;
import org.precertocsp.responder.intake.SourceLocation;
import org.precertocsp.responder.intake.TestFeed;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

final class CrlFeedTest {
    private static final TestCa CA = TestCa.root("CRL Root");
    private static final Instant AT = Instant.parse("2026-05-30T08:00:00Z");
    private static final Instant UPDATED = TestFeed.NOW.minus(Duration.ofHours(1));

    @TempDir Path directory;

    @Test
    @Requirement({"CR-21", "SS-16"})
    void every_entry_is_a_revocation_and_nothing_else_is_said() throws Exception {
        Serial high = Serial.ofHex("ff00000000000001");
        X509v2CRLBuilder builder = crl();
        builder.addCRLEntry(high.number(), Date.from(AT), CRLReason.superseded);
        builder.addCRLEntry(
                BigInteger.TWO,
                Date.from(AT),
                CRLReason.keyCompromise,
                Date.from(AT.minusSeconds(9)));
        builder.addCRLEntry(BigInteger.TEN, Date.from(AT), 0);

        CrlLoad load = CrlLoad.of(directory, CA, IssuerProfile.TLS);
        load.load(CA.sign(builder));

        assertThat(load.sink().changes())
                .containsExactly(
                        revoke(high, RevocationReason.SUPERSEDED, Optional.empty()),
                        revoke(
                                Serial.of(BigInteger.TWO),
                                RevocationReason.KEY_COMPROMISE,
                                Optional.of(AT.minusSeconds(9))),
                        revoke(
                                Serial.of(BigInteger.TEN),
                                RevocationReason.UNSPECIFIED,
                                Optional.empty()));
        assertThat(high.toHex()).isEqualTo("00ff00000000000001");
        assertThat(load.sink().refusals()).isEmpty();
        assertThat(load.sink().warnings()).isEmpty();
    }

    @Test
    void pem_with_windows_lines_and_text_around_reads_the_same() throws Exception {
        byte[] der = one(BigInteger.valueOf(77)).getEncoded();
        String pem = TestCa.pem("X509 CRL", der).replace("\n", "\r\n");

        CrlLoad load = CrlLoad.of(directory, CA, IssuerProfile.TLS);
        load.load(
                "\u00ef\u00bb\u00bfCertificate Revocation List (CRL):\r\n  Version 2\r\n"
                        + pem
                        + "bye");

        assertThat(load.revocations())
                .extracting(StatusChange.Revoke::key)
                .containsExactly(key(Serial.of(BigInteger.valueOf(77))));
    }

    @Test
    void pem_on_one_line_and_after_a_byte_order_mark_is_found() throws Exception {
        String body = Base64.getEncoder().encodeToString(one(BigInteger.ONE).getEncoded());

        CrlLoad load = CrlLoad.of(directory, CA, IssuerProfile.TLS);
        load.load(
                "\u00ef\u00bb\u00bf-----BEGIN X509 CRL-----\n" + body + "\n-----END X509 CRL-----");

        assertThat(load.revocations()).hasSize(1);
    }

    @Test
    void pem_without_end_or_with_a_second_crl_is_refused() throws Exception {
        String pem = TestCa.pem("X509 CRL", one(BigInteger.ONE).getEncoded());

        refused(pem.substring(0, pem.length() - 30), "no -----END");
        refused(pem + pem, "more than one CRL");
        refused("a letter", "neither DER nor PEM");
    }

    @Test
    void a_crl_cut_anywhere_or_with_another_behind_it_is_refused() throws Exception {
        byte[] der = one(BigInteger.ONE).getEncoded();

        for (int length = 0; length < der.length; length++) {
            byte[] cut = Arrays.copyOf(der, length);
            assertThatThrownBy(() -> CrlLoad.of(directory, CA, IssuerProfile.TLS).load(cut))
                    .isInstanceOf(FeedRejectedException.class);
        }
        byte[] two = Arrays.copyOf(der, 2 * der.length);
        System.arraycopy(der, 0, two, der.length, der.length);
        assertThatThrownBy(() -> CrlLoad.of(directory, CA, IssuerProfile.TLS).load(two))
                .hasMessageContaining("after the end of the CRL, perhaps another");
    }

    @Test
    void no_changed_octet_goes_unnoticed() throws Exception {
        byte[] der = one(BigInteger.valueOf(123_456_789)).getEncoded();

        for (int i = 0; i < der.length; i++) {
            byte[] changed = der.clone();
            changed[i] ^= 0x01;
            assertThatThrownBy(() -> CrlLoad.of(directory, CA, IssuerProfile.TLS).load(changed))
                    .isInstanceOf(FeedRejectedException.class);
        }
    }

    @Test
    void nothing_reaches_the_sink_before_the_signature_is_checked() throws Exception {
        TestCa impostor = TestCa.root("CRL Root");
        X509v2CRLBuilder builder = crl();
        builder.addCRLEntry(BigInteger.ONE, Date.from(AT), CRLReason.superseded);

        CrlLoad load = CrlLoad.of(directory, CA, IssuerProfile.TLS);

        assertThatThrownBy(() -> load.load(impostor.sign(builder)))
                .isInstanceOf(FeedRejectedException.class)
                .hasMessageContaining("issuer 'ca'")
                .hasMessageContaining("signature");
        assertThat(load.sink().changes()).isEmpty();
    }

    @Test
    @Requirement("SS-07")
    void after_a_rollover_the_key_that_signed_is_found_among_one_name() throws Exception {
        TestCa newer = TestCa.root("CRL Root");
        CrlLoad load =
                new CrlLoad(
                        directory,
                        TestFeed.issuer("new", newer, IssuerProfile.TLS),
                        TestFeed.issuer("old", CA, IssuerProfile.TLS));

        load.load(one(BigInteger.ONE));

        assertThat(load.revocations())
                .extracting(revoke -> revoke.key().issuer())
                .containsExactly(CA.certificate().key());
    }

    @Test
    void the_issuer_named_must_be_the_one_that_signed() throws Exception {
        ConfiguredIssuer other =
                TestFeed.issuer("other", TestCa.root("Other Root"), IssuerProfile.TLS);
        ConfiguredIssuer same = TestFeed.issuer("ca", CA, IssuerProfile.TLS);

        assertThatThrownBy(
                        () ->
                                new CrlLoad(directory, same, other)
                                        .naming(other)
                                        .load(one(BigInteger.ONE)))
                .hasMessageContaining("CRL Root")
                .hasMessageContaining("not of issuer 'other'");
        assertThat(
                        new CrlLoad(directory, same, other)
                                .naming(same)
                                .load(one(BigInteger.ONE))
                                .changes())
                .hasSize(1);
        assertThatThrownBy(() -> new CrlLoad(directory, other).load(one(BigInteger.ONE)))
                .hasMessageContaining("not a configured issuer");
    }

    @Test
    void a_stale_crl_and_one_from_the_future_still_tell_facts() throws Exception {
        X509v2CRLBuilder stale = CA.crl(UPDATED.minus(Duration.ofDays(30)));
        stale.setNextUpdate(Date.from(UPDATED.minus(Duration.ofDays(20))));
        stale.addCRLEntry(BigInteger.ONE, Date.from(AT), 0);
        CrlLoad load = CrlLoad.of(directory, CA, IssuerProfile.PRIVATE);

        RecordingSink sink = load.load(CA.sign(stale));

        assertThat(sink.changes()).hasSize(1);
        assertThat(sink.warnings())
                .anySatisfy(
                        warning -> {
                            assertThat(warning.place()).isEqualTo(new SourceLocation.WholeFile());
                            assertThat(warning.text()).contains("stale");
                        });
        X509v2CRLBuilder ahead = CA.crl(TestFeed.NOW.plus(Duration.ofHours(1)));
        ahead.addCRLEntry(BigInteger.TWO, Date.from(AT), 0);
        load.load(CA.sign(ahead));
        assertThat(sink.changes()).hasSize(2);
        assertThat(sink.warnings()).anyMatch(warning -> warning.text().contains("in the future"));
    }

    @Test
    @Requirement({"SS-14", "SS-15"})
    void odd_serials_are_taken_as_they_are_and_malformed_ones_refused_alone() throws Exception {
        byte[] entries =
                RawCrl.tlv(
                        0x30,
                        RawCrl.entry("80", AT),
                        RawCrl.entry("00", AT),
                        RawCrl.entry("0001", AT),
                        RawCrl.entry("01".repeat(21), AT),
                        RawCrl.entry("05", AT));
        CrlLoad load = CrlLoad.of(directory, CA, IssuerProfile.PRIVATE);

        load.load(raw(RawCrl.V2, entries));

        assertThat(load.revocations())
                .extracting(revoke -> revoke.key().serial().toHex())
                .containsExactly("80", "00", "01", "05");
        assertThat(load.sink().warnings())
                .extracting(RecordingSink.Report::text)
                .anyMatch(text -> text.contains("-128 is negative"))
                .anyMatch(text -> text.contains("01: the serial has more bytes than it needs"))
                .anyMatch(text -> text.contains("zero"));
        assertThat(load.sink().refusals())
                .extracting(RecordingSink.Report::text)
                .satisfiesExactly(tooLong -> assertThat(tooLong).contains("20 bytes"));
        assertThat(load.sink().refusals())
                .allSatisfy(
                        refusal ->
                                assertThat(refusal.place())
                                        .isInstanceOf(SourceLocation.Offset.class));
    }

    @Test
    void the_place_of_an_entry_is_its_offset() throws Exception {
        byte[] bad = RawCrl.entry("01".repeat(21), AT);
        byte[] der = raw(RawCrl.V2, RawCrl.tlv(0x30, RawCrl.entry("05", AT), bad));
        CrlLoad load = CrlLoad.of(directory, CA, IssuerProfile.PRIVATE);

        SourceLocation place = load.load(der).refusals().getFirst().place();

        assertThat(place).isInstanceOf(SourceLocation.Offset.class);
        int offset = (int) ((SourceLocation.Offset) place).bytes();
        assertThat(Arrays.copyOfRange(der, offset, offset + bad.length)).isEqualTo(bad);
    }

    @Test
    void version_1_is_read_with_and_without_extensions() throws Exception {
        byte[] number = RawCrl.extension("551d14", RawCrl.hex("020101"));
        byte[] reason = RawCrl.tlv(0x30, RawCrl.extension("551d15", RawCrl.hex("0a0104")));
        byte[] plain = RawCrl.tlv(0x30, RawCrl.entry("05", AT));
        byte[] numbered = RawCrl.tlv(0xa0, RawCrl.tlv(0x30, number));
        byte[] reasoned = RawCrl.tlv(0x30, RawCrl.entry("05", AT, reason));

        assertThat(fresh().load(raw(new byte[0], plain)).changes()).hasSize(1);
        for (byte[] odd :
                List.of(
                        raw(new byte[0], plain, numbered),
                        raw(new byte[0], reasoned),
                        raw(RawCrl.hex("020102"), plain))) {
            RecordingSink sink = fresh().load(odd);
            assertThat(sink.changes()).hasSize(1);
            assertThat(sink.warnings()).anyMatch(it -> it.text().contains("§5.1.2.1"));
        }
    }

    private CrlLoad fresh() {
        return CrlLoad.of(directory, CA, IssuerProfile.PRIVATE);
    }

    @Test
    void dates_after_2049_and_dates_that_are_none() throws Exception {
        byte[] late = RawCrl.tlv(0x18, "20500101000000Z".getBytes(StandardCharsets.US_ASCII));
        byte[] none = RawCrl.tlv(0x17, "261301000000Z".getBytes(StandardCharsets.US_ASCII));
        byte[] entries =
                RawCrl.tlv(
                        0x30,
                        RawCrl.tlv(0x30, RawCrl.hex("020105"), late),
                        RawCrl.tlv(0x30, RawCrl.hex("020106"), none));
        CrlLoad load = CrlLoad.of(directory, CA, IssuerProfile.PRIVATE);

        load.load(raw(RawCrl.V2, entries));

        assertThat(load.revocations())
                .extracting(revoke -> revoke.revocation().at())
                .containsExactly(UPDATED, UPDATED);
        assertThat(load.sink().warnings())
                .anySatisfy(warning -> assertThat(warning.text()).contains("261301000000Z"))
                .anySatisfy(warning -> assertThat(warning.text()).contains("2050-01-01"));
        assertThat(load.sink().refusals()).isEmpty();
    }

    @Test
    void an_issuer_name_that_cannot_be_decoded_is_refused() throws Exception {
        byte[] der = one(BigInteger.ONE).getEncoded();
        String text = new String(der, StandardCharsets.ISO_8859_1);
        der[text.indexOf("CRL Root")] = (byte) 0xff;

        assertThatThrownBy(() -> CrlLoad.of(directory, CA, IssuerProfile.TLS).load(der))
                .isInstanceOf(FeedRejectedException.class);
    }

    @Test
    void a_file_replaced_between_the_passes_is_refused() throws Exception {
        Path file = Files.write(directory.resolve("test.crl"), one(BigInteger.ONE).getEncoded());
        byte[] other = one(BigInteger.TWO).getEncoded();
        AtomicInteger passes = new AtomicInteger();
        FeedFile replaced =
                new FeedFile(
                        file,
                        TestFeed.file(file).source(),
                        Optional.empty(),
                        octets -> {
                            // The third opening is that for the signature.
                            if (octets == 0 && passes.incrementAndGet() == 3) {
                                overwrite(file, other);
                            }
                        });
        RecordingSink sink = new RecordingSink();
        CrlFeed feed =
                new CrlFeed(
                        new ConfiguredIssuer.Directory(
                                List.of(TestFeed.issuer("ca", CA, IssuerProfile.TLS))),
                        () -> TestFeed.NOW);

        assertThatThrownBy(() -> feed.read(replaced, sink)).hasMessageContaining("changed while");
        assertThat(sink.changes()).isEmpty();
    }

    private static void overwrite(Path file, byte[] content) {
        try {
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void refused(String text, String why) {
        assertThatThrownBy(() -> CrlLoad.of(directory, CA, IssuerProfile.TLS).load(text))
                .isInstanceOf(FeedRejectedException.class)
                .hasMessageContaining(why);
    }

    private static byte[] raw(byte[] version, byte[]... rest) {
        byte[][] parts = new byte[4 + rest.length][];
        parts[0] = version;
        parts[1] = RawCrl.ECDSA_SHA256;
        parts[2] = RawCrl.name(CA);
        parts[3] = RawCrl.time(UPDATED);
        System.arraycopy(rest, 0, parts, 4, rest.length);
        return RawCrl.signed(CA, parts);
    }

    private static X509CRLHolder one(BigInteger serial) throws IOException {
        X509v2CRLBuilder builder = crl();
        builder.addCRLEntry(serial, Date.from(AT), CRLReason.superseded);
        return CA.sign(builder);
    }

    private static X509v2CRLBuilder crl() throws IOException {
        X509v2CRLBuilder builder = CA.crl(UPDATED);
        builder.setNextUpdate(Date.from(TestFeed.NOW.plus(Duration.ofDays(3))));
        builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.ONE));
        return builder;
    }

    private static SerialKey key(Serial serial) {
        return new SerialKey(CA.certificate().key(), serial);
    }

    private static StatusChange revoke(
            Serial serial, RevocationReason reason, Optional<Instant> invalidity) {
        return new StatusChange.Revoke(
                key(serial), new Revocation(AT, reason, invalidity), Optional.empty());
    }
}
