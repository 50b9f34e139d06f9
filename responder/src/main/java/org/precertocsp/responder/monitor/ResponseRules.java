package org.precertocsp.responder.monitor;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.monitor.ParsedBasicResponse.TimeReading;
import org.precertocsp.responder.monitor.ParsedSingleResponse.EchoedCertId;
import org.precertocsp.signer.key.SignatureScheme;

/// Checks the content and the encoding of a response (RFC 9919 §3.2, Baseline Requirements §7.3):
/// whether it is about the requested certificate, what it states about a revocation, and its DER.
record ResponseRules(CheckContext context, Exchange exchange, ParsedBasicResponse response) {
    private static final int HOLD = RevocationReason.CERTIFICATE_HOLD.code();
    private static final String REASON_CODE = "2.5.29.21";
    private static final String NONCE = "1.3.6.1.5.5.7.48.1.2";
    private static final String ARCHIVE_CUTOFF = "1.3.6.1.5.5.7.48.1.6";
    private static final Pattern WHOLE_SECONDS = Pattern.compile("\\d{14}Z");

    /// Contained in AlgorithmIdentifiers of RSA and ECDSA with SHA-1.
    private static final List<String> SHA1_SIGNATURES =
            List.of("06092a864886f70d010105", "06072a8648ce3d0401");

    private static final Set<SignatureScheme> OPEN =
            Set.of(
                    SignatureScheme.ED25519,
                    SignatureScheme.ML_DSA_44,
                    SignatureScheme.ML_DSA_65,
                    SignatureScheme.ML_DSA_87);

    void examine() {
        content();
        encoding();
    }

    private void content() {
        certId();
        others();
        context.results()
                .require(
                        CheckRule.NO_08,
                        response.nonce().isEmpty(),
                        () ->
                                exchange.how()
                                        + (response.nonce().isEmpty()
                                                ? ": no nonce requested, none returned"
                                                : ": a nonce that was not requested"));
        exchange.single().ifPresent(this::revocation);
    }

    private void certId() {
        CertId wanted = exchange.request().certId();
        if (response.singles().isEmpty()) {
            context.results().fail(CheckRule.RP_04, exchange.how() + ": no SingleResponse");
            return;
        }
        EchoedCertId echoed = exchange.single().map(ParsedSingleResponse::certId).orElseThrow();
        if (!echoed.isOfSerial(wanted)) {
            context.results()
                    .fail(
                            CheckRule.RP_04,
                            "%s: serial %s requested, %s answered"
                                    .formatted(
                                            exchange.how(),
                                            wanted.serial(),
                                            echoed.serialContent()));
            return;
        }
        if (!echoed.algorithmOid().equals(wanted.hashAlgorithm().oid())) {
            context.results()
                    .fail(
                            CheckRule.CI_06,
                            "%s: the CertID came back with hash algorithm %s"
                                    .formatted(exchange.how(), echoed.algorithmOid()));
            return;
        }
        context.results().pass(CheckRule.CI_06, exchange.how() + ": the same hash");
        context.results()
                .require(
                        CheckRule.RP_04,
                        echoed.isFor(wanted),
                        () ->
                                exchange.how()
                                        + (echoed.isFor(wanted)
                                                ? ": the CertID asked"
                                                : ": the issuer's hashes came back changed"));
        context.results()
                .recommend(
                        CheckRule.CI_07,
                        echoed.repeatsParameters(wanted),
                        () ->
                                "%s: asked with parameters %s, answered with %s"
                                        .formatted(
                                                exchange.how(),
                                                wanted.parameters(),
                                                echoed.parameters()));
    }

    private void others() {
        List<EchoedCertId> others =
                response.singles().stream()
                        .map(ParsedSingleResponse::certId)
                        .filter(id -> !id.isOfSerial(exchange.request().certId()))
                        .toList();
        boolean more = response.singles().size() > others.size() && !others.isEmpty();
        context.results()
                .recommend(
                        CheckRule.RP_05,
                        !more,
                        () -> exchange.how() + ": SingleResponses: " + response.singles().size());
    }

    private void revocation(ParsedSingleResponse single) {
        if (single.status() != ParsedSingleResponse.Status.REVOKED) {
            context.results().notApplicable(CheckRule.SA_10, "not revoked");
            context.results().notApplicable(CheckRule.SA_04, "not revoked");
            return;
        }
        int code = single.reason().orElse(-1);
        boolean hold = code == HOLD && !context.profile().allowedReasons().contains(reason(code));
        context.results().require(CheckRule.SA_04, !hold, exchange::seen);
        if (hold) {
            return;
        }
        boolean permitted =
                code < 0 || (code > 0 && context.profile().allowedReasons().contains(reason(code)));
        context.results().require(CheckRule.SA_10, permitted, exchange::seen);
    }

    /// An undefined number is not permitted, like removeFromCRL.
    private static RevocationReason reason(int code) {
        return RevocationReason.ofCode(code).orElse(RevocationReason.REMOVE_FROM_CRL);
    }

    private void encoding() {
        structure();
        times();
        extensions();
        algorithm();
    }

    private void structure() {
        context.results()
                .require(
                        CheckRule.RP_02,
                        !response.versionEncoded(),
                        () ->
                                exchange.how()
                                        + (response.versionEncoded()
                                                ? ": the default version is written out"
                                                : ": basic, v1"));
        context.results()
                .require(
                        CheckRule.RP_22,
                        response.strictDer() && response.unusedBits() == 0,
                        () ->
                                "%s: %d bytes, %s"
                                        .formatted(
                                                exchange.how(), response.der().length(), form()));
        context.results()
                .recommend(
                        CheckRule.RP_10,
                        !response.hasEmptyCertificates(),
                        () -> exchange.how() + ": certificates: " + response.certificates().size());
    }

    private void times() {
        exchange.single()
                .ifPresent(
                        single ->
                                context.results()
                                        .require(
                                                CheckRule.RP_11,
                                                single.nextUpdate().isPresent(),
                                                () ->
                                                        exchange.how()
                                                                + single.nextUpdate()
                                                                        .map(t -> ": " + t)
                                                                        .orElse(
                                                                                ": no nextUpdate")));
        List<String> wrong =
                Stream.concat(
                                Stream.of(response.producedAt()),
                                response.singles().stream().flatMap(ResponseRules::times))
                        .map(TimeReading::text)
                        .filter(text -> !WHOLE_SECONDS.matcher(text).matches())
                        .toList();
        context.results()
                .require(
                        CheckRule.RP_12,
                        wrong.isEmpty(),
                        () ->
                                exchange.how()
                                        + ": "
                                        + (wrong.isEmpty() ? response.producedAt() : wrong));
    }

    private static Stream<TimeReading> times(ParsedSingleResponse single) {
        return Stream.concat(
                Stream.of(single.thisUpdate()),
                Stream.concat(single.nextUpdate().stream(), single.revokedAt().stream()));
    }

    private void extensions() {
        List<String> more =
                response.extensions().stream().filter(oid -> !oid.equals(NONCE)).toList();
        context.results()
                .recommend(
                        CheckRule.RP_13,
                        more.isEmpty(),
                        () -> exchange.how() + ": " + (more.isEmpty() ? "none" : more));
        List<String> single =
                exchange.single().map(ParsedSingleResponse::extensions).orElse(List.of());
        context.results()
                .require(
                        CheckRule.RP_14,
                        !single.contains(REASON_CODE),
                        () -> exchange.how() + ": singleExtensions " + single);
        if (context.profile().retentionPastExpiry().isPresent() && exchange.isDefinitive()) {
            context.results()
                    .recommend(
                            CheckRule.RP_15,
                            single.contains(ARCHIVE_CUTOFF),
                            () -> exchange.how() + ": singleExtensions " + single);
        } else {
            context.results()
                    .notApplicable(
                            CheckRule.RP_15,
                            "profile " + context.profile().name() + " keeps no status");
        }
    }

    private void algorithm() {
        ByteString written = response.algorithm();
        boolean sha1 = SHA1_SIGNATURES.stream().anyMatch(written.toHex()::contains);
        context.results()
                .require(
                        CheckRule.RP_18,
                        !sha1,
                        () -> exchange.how() + ": AlgorithmIdentifier " + written);
        if (sha1) {
            return;
        }
        boolean listed =
                Arrays.stream(SignatureScheme.values())
                        .filter(scheme -> context.profile().openKeySet() || !OPEN.contains(scheme))
                        .anyMatch(scheme -> scheme.algorithmIdentifier().equals(written));
        context.results()
                .add(
                        CheckRule.RP_17,
                        verdict(listed),
                        exchange.how() + ": AlgorithmIdentifier " + written);
    }

    private RuleVerdict verdict(boolean listed) {
        if (listed) {
            return RuleVerdict.PASS;
        }
        return context.isPublic() ? RuleVerdict.FAIL : RuleVerdict.WARN;
    }

    private String form() {
        if (response.unusedBits() != 0) {
            return "its signature a BIT STRING with %d unused bits"
                    .formatted(response.unusedBits());
        }
        return response.strictDer() ? "DER" : "BER, not DER";
    }
}
