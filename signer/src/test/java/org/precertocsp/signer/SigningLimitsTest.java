package org.precertocsp.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.precertocsp.signer.ResponseContents.NOW;

import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.ValidityWindow;

final class SigningLimitsTest {
    private static final TestCa CA = TestCa.root("Limits");
    private static final KeyPair KEYS = TestCa.p256();

    @Provide
    Arbitrary<IssuerProfile> profiles() {
        return Arbitraries.of(
                IssuerProfile.TLS,
                IssuerProfile.CODE_SIGNING,
                IssuerProfile.SMIME,
                IssuerProfile.PRIVATE);
    }

    @Property(tries = 300)
    @Requirement({"TF-01", "TF-02", "TF-03", "TF-09"})
    void a_window_is_in_the_band_and_inside_every_certificate_sent_or_refused(
            @ForAll("profiles") IssuerProfile profile,
            @ForAll @LongRange(max = 999) long wish,
            @ForAll @LongRange(min = -86_400, max = 864_000) long secondsLeft) {
        Instant end = NOW.plusSeconds(secondsLeft);
        ValidityWindow wished = ValidityWindow.from(NOW, wish(profile, wish));
        try {
            ValidityWindow got = limits(profile, end).shorten(wished);

            assertThat(got.thisUpdate()).isEqualTo(wished.thisUpdate());
            assertThat(got.nextUpdate())
                    .isEqualTo(end.isBefore(wished.nextUpdate()) ? end : wished.nextUpdate());
            assertThat(got.length()).isBetween(profile.minValidity(), profile.maxValidity());
        } catch (SignerUnavailableException e) {
            assertThat(e.reason()).isEqualTo(SignerUnavailableException.Cause.CREDENTIAL_ENDING);
            assertThat(end).isBefore(NOW.plus(profile.minValidity()));
        }
    }

    @Property(tries = 100)
    @Requirement("TF-09")
    void the_ca_signs_inside_every_certificate_of_its_own_that_still_carries_an_answer(
            @ForAll @Size(min = 1, max = 4) List<@LongRange(min = 1, max = 300_000) Long> left) {
        List<IssuerCertificate> issuers =
                left.stream()
                        .map(NOW::plusSeconds)
                        .map(SigningLimitsTest::crossCertificate)
                        .toList();
        SigningLimits limits =
                new SigningLimits(
                        new ResponderCredential(
                                issuers,
                                Optional.empty(),
                                TestKey.of(CA.keys()),
                                IssuerProfile.TLS));
        ValidityWindow wished = ValidityWindow.from(NOW, Duration.ofDays(2));
        try {
            ValidityWindow got = limits.shorten(wished);

            assertThat(issuers)
                    .filteredOn(ca -> !ca.notAfter().isBefore(NOW.plus(Duration.ofHours(8))))
                    .isNotEmpty()
                    .allSatisfy(
                            ca -> assertThat(got.nextUpdate()).isBeforeOrEqualTo(ca.notAfter()));
        } catch (SignerUnavailableException _) {
            assertThat(left).allMatch(seconds -> seconds < 28_800);
        }
    }

    @Test
    @Requirement("TF-09")
    void the_last_second_of_a_certificate_may_be_the_last_of_an_answer() throws Exception {
        Instant end = NOW.plus(Duration.ofHours(8));

        assertThat(
                        limits(IssuerProfile.TLS, end)
                                .shorten(ValidityWindow.from(NOW, Duration.ofDays(2)))
                                .nextUpdate())
                .isEqualTo(end);
    }

    private static Duration wish(IssuerProfile profile, long thousandth) {
        Duration band = profile.maxValidity().minus(profile.minValidity());
        return profile.minValidity().plusSeconds(band.toSeconds() * thousandth / 999);
    }

    private static SigningLimits limits(IssuerProfile profile, Instant end) {
        DelegateCertificate delegate =
                DelegateCertificates.of(CA, KEYS)
                        .from(NOW.minus(Duration.ofDays(2)))
                        .until(end)
                        .certificate();
        return new SigningLimits(
                new ResponderCredential(
                        List.of(CA.certificate()),
                        Optional.of(delegate),
                        TestKey.of(KEYS),
                        profile));
    }

    private static IssuerCertificate crossCertificate(Instant end) {
        X509CertificateHolder holder =
                DelegateCertificates.of(CA, CA.keys())
                        .named(CA.holder().getSubject())
                        .until(end)
                        .having(TestCa.caUsage())
                        .holder();
        try {
            return IssuerCertificate.parse(ByteString.of(TestCa.encoded(holder)));
        } catch (InvalidCertificateException e) {
            throw new IllegalStateException(e);
        }
    }
}
