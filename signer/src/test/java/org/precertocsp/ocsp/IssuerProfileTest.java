package org.precertocsp.ocsp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.Requirement;

final class IssuerProfileTest {
    static Stream<IssuerProfile> public_profiles() {
        return Stream.of(IssuerProfile.TLS, IssuerProfile.CODE_SIGNING, IssuerProfile.SMIME);
    }

    @ParameterizedTest
    @MethodSource("public_profiles")
    @Requirement({"TF-01", "TF-02", "TF-03"})
    void validity_stays_inside_the_safe_band_even_counted_inclusively(IssuerProfile profile) {
        Duration inclusive = profile.maxValidity().plusSeconds(1);

        assertThat(profile.minValidity()).isGreaterThanOrEqualTo(Duration.ofHours(8));
        assertThat(inclusive).isLessThanOrEqualTo(Duration.ofDays(7));
        assertThat(profile.defaultValidity())
                .isBetween(profile.minValidity(), profile.maxValidity());
    }

    @ParameterizedTest
    @MethodSource("public_profiles")
    @Requirement({"TF-08", "SA-10"})
    void defaults_are_ones_every_root_program_accepts(IssuerProfile profile) {
        assertThat(profile.defaultValidity())
                .isBetween(Duration.ofHours(16), Duration.ofDays(7).minusSeconds(1));
        assertThat(profile.allowedReasons())
                .doesNotContain(
                        RevocationReason.CERTIFICATE_HOLD, RevocationReason.REMOVE_FROM_CRL);
        assertThat(profile.openKeySet()).isFalse();
        assertThat(profile.locallyTrustedSigner()).isFalse();
    }

    @Test
    @Requirement("SA-12")
    void code_signing_keeps_revocations_ten_years() {
        assertThat(IssuerProfile.CODE_SIGNING.retentionPastExpiry())
                .hasValueSatisfying(
                        kept -> assertThat(kept).isGreaterThanOrEqualTo(Duration.ofDays(3652)));
    }

    @Test
    void profiles_are_found_by_the_name_they_bear() {
        assertThat(IssuerProfile.named("tls")).contains(IssuerProfile.TLS);
        assertThat(IssuerProfile.named("private")).contains(IssuerProfile.PRIVATE);
        assertThat(IssuerProfile.named("TLS")).isEmpty();
    }
}
