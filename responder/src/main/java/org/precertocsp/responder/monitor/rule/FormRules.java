package org.precertocsp.responder.monitor.rule;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.monitor.response.SignedReading;
import org.precertocsp.responder.monitor.response.SignedReading.TimeReading;
import org.precertocsp.responder.monitor.response.SingleReading;
import org.precertocsp.signer.key.SignatureScheme;

/// How an answer is written (RFC 9919 §3.2, Baseline Requirements §7.3).
record FormRules(Case it, Asked asked, SignedReading response) {
    private static final String REASON_CODE = "2.5.29.21";
    private static final String NONCE = "1.3.6.1.5.5.7.48.1.2";
    private static final String ARCHIVE_CUTOFF = "1.3.6.1.5.5.7.48.1.6";
    private static final Pattern WHOLE_SECONDS = Pattern.compile("\\d{14}Z");

    /// AlgorithmIdentifiers of RSA and ECDSA with SHA-1 begin so, parameters left out.
    private static final List<String> SHA1_SIGNATURES =
            List.of("06092a864886f70d010105", "06072a8648ce3d0401");

    private static final Set<SignatureScheme> OPEN =
            Set.of(
                    SignatureScheme.ED25519,
                    SignatureScheme.ML_DSA_44,
                    SignatureScheme.ML_DSA_65,
                    SignatureScheme.ML_DSA_87);

    void examine() {
        structure();
        times();
        extensions();
        algorithm();
    }

    private void structure() {
        it.rulings()
                .require(
                        Rule.RP_02,
                        !response.versionEncoded(),
                        () ->
                                asked.how()
                                        + (response.versionEncoded()
                                                ? ": the default version is written out"
                                                : ": basic, v1"));
        it.rulings()
                .require(
                        Rule.RP_22,
                        response.strictDer() && response.unusedBits() == 0,
                        () ->
                                "%s: %d octets, %s"
                                        .formatted(asked.how(), response.der().length(), form()));
        it.rulings()
                .recommend(
                        Rule.RP_10,
                        !response.hasEmptyCertificates(),
                        () -> asked.how() + ": certificates: " + response.certificates().size());
    }

    private void times() {
        asked.single()
                .ifPresent(
                        single ->
                                it.rulings()
                                        .require(
                                                Rule.RP_11,
                                                single.nextUpdate().isPresent(),
                                                () ->
                                                        asked.how()
                                                                + single.nextUpdate()
                                                                        .map(t -> ": " + t)
                                                                        .orElse(
                                                                                ": no nextUpdate")));
        List<String> wrong =
                Stream.concat(
                                Stream.of(response.producedAt()),
                                response.singles().stream().flatMap(FormRules::times))
                        .map(TimeReading::text)
                        .filter(text -> !WHOLE_SECONDS.matcher(text).matches())
                        .toList();
        it.rulings()
                .require(
                        Rule.RP_12,
                        wrong.isEmpty(),
                        () ->
                                asked.how()
                                        + ": "
                                        + (wrong.isEmpty() ? response.producedAt() : wrong));
    }

    private static Stream<TimeReading> times(SingleReading single) {
        return Stream.concat(
                Stream.of(single.thisUpdate()),
                Stream.concat(single.nextUpdate().stream(), single.revokedAt().stream()));
    }

    private void extensions() {
        List<String> more =
                response.extensions().stream().filter(oid -> !oid.equals(NONCE)).toList();
        it.rulings()
                .recommend(
                        Rule.RP_13,
                        more.isEmpty(),
                        () -> asked.how() + ": " + (more.isEmpty() ? "none" : more));
        List<String> single = asked.single().map(SingleReading::extensions).orElse(List.of());
        it.rulings()
                .require(
                        Rule.RP_14,
                        !single.contains(REASON_CODE),
                        () -> asked.how() + ": singleExtensions " + single);
        if (it.profile().retentionPastExpiry().isPresent() && asked.isDefinitive()) {
            it.rulings()
                    .recommend(
                            Rule.RP_15,
                            single.contains(ARCHIVE_CUTOFF),
                            () -> asked.how() + ": singleExtensions " + single);
        } else {
            it.rulings()
                    .notApplicable(
                            Rule.RP_15, "profile " + it.profile().name() + " keeps no status");
        }
    }

    private void algorithm() {
        Octets written = response.algorithm();
        boolean sha1 = SHA1_SIGNATURES.stream().anyMatch(written.toHex()::contains);
        it.rulings()
                .require(Rule.RP_18, !sha1, () -> asked.how() + ": AlgorithmIdentifier " + written);
        if (sha1) {
            return;
        }
        boolean listed =
                Arrays.stream(SignatureScheme.values())
                        .filter(scheme -> it.profile().openKeySet() || !OPEN.contains(scheme))
                        .anyMatch(scheme -> scheme.algorithmIdentifier().equals(written));
        it.rulings()
                .add(Rule.RP_17, verdict(listed), asked.how() + ": AlgorithmIdentifier " + written);
    }

    private Verdict verdict(boolean listed) {
        if (listed) {
            return Verdict.PASS;
        }
        return it.isPublic() ? Verdict.FAIL : Verdict.WARN;
    }

    private String form() {
        if (response.unusedBits() != 0) {
            return "its signature a BIT STRING with %d unused bits"
                    .formatted(response.unusedBits());
        }
        return response.strictDer() ? "DER" : "BER, not DER";
    }
}
