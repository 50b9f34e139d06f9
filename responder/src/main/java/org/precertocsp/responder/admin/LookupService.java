package org.precertocsp.responder.admin;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.admin.LookupService.LookupResult.Document;
import org.precertocsp.responder.admin.LookupService.LookupResult.Found;
import org.precertocsp.responder.admin.LookupService.LookupResult.Response;
import org.precertocsp.responder.admin.LookupService.LookupResult.Told;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.answer.CacheHints;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.certificate.SubmittedCertificateVerifier;
import org.precertocsp.responder.intake.certificate.SubmittedCertificateVerifier.Verdict;
import org.precertocsp.responder.monitor.OcspResponseParser;
import org.precertocsp.responder.monitor.ParsedBasicResponse;
import org.precertocsp.responder.monitor.ParsedResponse;
import org.precertocsp.responder.monitor.ParsedSingleResponse;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.SerialStatus;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.signer.SignedResponse;

/// Looks up certificates and serials without changing anything. Thread-safe; may block on store and
/// key.
public final class LookupService {
    private final ConfiguredIssuer.Directory issuers;
    private final SubmittedCertificateVerifier certificates;
    private final StatusReader statuses;
    private final CurrentAnswerReader answers;

    /// @param answers what clients would receive
    public LookupService(
            ConfiguredIssuer.Directory issuers,
            SubmittedCertificateVerifier certificates,
            StatusReader statuses,
            AnswerService answers,
            InstantSource clock) {
        this.issuers = issuers;
        this.certificates = certificates;
        this.statuses = statuses;
        this.answers = new CurrentAnswerReader(answers, clock);
    }

    /// @param json `certificate`, or `serial` and optionally `issuer`
    public LookupResult read(byte[] json) throws ApiException {
        JsonFields fields = JsonFields.of(json);
        Optional<String> certificate = fields.text("certificate");
        Optional<String> serial = fields.text("serial");
        Optional<String> issuer = fields.text("issuer");
        fields.refuseOthers();
        if (certificate.isPresent() == serial.isPresent()) {
            throw ApiException.of(
                    ApiException.Kind.MALFORMED,
                    "exactly one of certificate and serial is expected");
        }
        return certificate.isPresent()
                ? document(CertificateDecoder.der(certificate.get()))
                : serial(ChangeRequestParser.serial(serial.get()), issuer);
    }

    /// @param body DER, PEM or base64
    public LookupResult document(byte[] body) throws ApiException {
        return document(CertificateDecoder.der(body));
    }

    /// Only documents that a configured issuer signed; of others the issuer is unknown.
    private LookupResult document(ByteString der) throws ApiException {
        return switch (certificates.judge(der)) {
            case Verdict.Refused(String why) -> throw ApiException.field("certificate", why);
            case Verdict.Taken(StatusChange.Assign change, List<String> warnings) -> {
                ConfiguredIssuer issuer = issuers.of(change.key().issuer()).orElseThrow();
                Found found = found(issuer, change.key().serial());
                yield new LookupResult(
                        Optional.of(described(der, change, warnings, found)), List.of(found));
            }
        };
    }

    private static Document described(
            ByteString der, StatusChange.Assign change, List<String> warnings, Found found)
            throws ApiException {
        ByteString sha256 = HashAlgorithm.SHA256.hash(der);
        X509Certificate certificate = parsed(der);
        boolean known =
                found.status().evidence().stream()
                        .anyMatch(it -> it.documentSha256().filter(sha256::equals).isPresent());
        return new Document(
                change.by().toString(),
                sha256,
                certificate.getSubjectX500Principal().getName(),
                certificate.getIssuerX500Principal().getName(),
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant(),
                known,
                warnings);
    }

    private static X509Certificate parsed(ByteString der) throws ApiException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der.toArray()));
        } catch (CertificateException e) {
            throw ApiException.field("certificate", "cannot be read: " + e.getMessage());
        }
    }

    /// Without an issuer: all issuers that know the serial; if none does, all issuers.
    private LookupResult serial(Serial serial, Optional<String> named) throws ApiException {
        List<ConfiguredIssuer> candidates =
                named.isEmpty() ? issuers.issuers() : List.of(called(named.get()));
        List<ConfiguredIssuer> matching =
                candidates.stream()
                        .filter(it -> statuses.find(new SerialKey(it.key(), serial)).isPresent())
                        .toList();
        return new LookupResult(
                Optional.empty(),
                (matching.isEmpty() ? candidates : matching)
                        .stream().map(issuer -> found(issuer, serial)).toList());
    }

    private ConfiguredIssuer called(String name) throws ApiException {
        return issuers.called(name)
                .orElseThrow(
                        () -> ApiException.field("issuer", "no configured issuer has this name"));
    }

    private Found found(ConfiguredIssuer issuer, Serial serial) {
        SerialKey key = new SerialKey(issuer.key(), serial);
        return new Found(SerialStatus.of(issuer.name(), statuses.dossier(key)), answers.about(key));
    }

    /// Determines what the endpoint would answer now, and decodes the response.
    ///
    /// @param answers what clients would receive
    record CurrentAnswerReader(AnswerService answers, InstantSource clock) {
        /// With the CertID that nearly all clients send. May block on store and key.
        Told about(SerialKey key) {
            CertId asked =
                    key.issuer().certId(HashAlgorithm.SHA1, DigestParameters.NULL, key.serial());
            Instant now = clock.instant();
            return switch (answers.answer(asked, now)) {
                case Answer.Served(SignedResponse response, Instant renewal, CacheHints _) ->
                        signed(now, response, Optional.of(renewal));
                case Answer.ServedOnce(SignedResponse response, _) ->
                        signed(now, response, Optional.empty());
                case Answer.NotOurs(String why) -> unsigned(now, "unauthorized", why);
                case Answer.Busy(_, String why) -> unsigned(now, "tryLater", why);
                case Answer.Failed(String why) -> unsigned(now, "internalError", why);
            };
        }

        private static Told unsigned(Instant now, String status, String why) {
            return new Told(now, status, Optional.of(why), Optional.empty());
        }

        private static Told signed(
                Instant now, SignedResponse response, Optional<Instant> renewal) {
            return switch (OcspResponseParser.read(response)) {
                case ParsedResponse.Signed(ParsedBasicResponse reading) ->
                        new Told(
                                now,
                                "successful",
                                Optional.empty(),
                                Optional.of(decoded(reading, renewal)));
                case ParsedResponse.Refusal refusal -> unsigned(now, refusal.summary(), "");
                case ParsedResponse.None none -> unsigned(now, "unreadable", none.summary());
            };
        }

        private static Response decoded(ParsedBasicResponse reading, Optional<Instant> renewal) {
            ParsedSingleResponse single = reading.first().orElseThrow();
            return new Response(
                    HashAlgorithm.SHA1.name(),
                    single.status().name().toLowerCase(Locale.ROOT),
                    single.revokedAt().flatMap(ParsedBasicResponse.TimeReading::at),
                    single.reason().stream().mapToObj(CurrentAnswerReader::reason).findFirst(),
                    reading.producedAt().at(),
                    single.thisUpdate().at(),
                    single.end(),
                    renewal,
                    responder(reading.responder()),
                    reading.algorithmName(),
                    reading.certificates().stream().map(CurrentAnswerReader::subject).toList(),
                    reading.der().length(),
                    Base64.getEncoder().encodeToString(reading.der().toArray()));
        }

        private static String reason(int code) {
            return RevocationReason.ofCode(code).map(Object::toString).orElse("reason " + code);
        }

        private static String responder(ParsedBasicResponse.ResponderReading responder) {
            return responder
                    .name()
                    .map(name -> "name " + new X500Principal(name.toArray()).getName())
                    .or(() -> responder.keyHash().map(hash -> "key hash " + hash.toHex()))
                    .orElse("");
        }

        private static String subject(ByteString der) {
            try {
                X509Certificate certificate =
                        (X509Certificate)
                                CertificateFactory.getInstance("X.509")
                                        .generateCertificate(
                                                new ByteArrayInputStream(der.toArray()));
                return certificate.getSubjectX500Principal().getName();
            } catch (CertificateException e) {
                return "a certificate that cannot be decoded: " + e.getMessage();
            }
        }
    }

    /// The result of looking up a certificate, precertificate or serial; the JSON has these fields.
    ///
    /// @param document the certificate sent; empty for a serial
    /// @param found one for each issuer that may have issued the serial
    public record LookupResult(Optional<Document> document, List<Found> found) {
        /// @param kind `certificate` or `precertificate`
        /// @param known true if exactly this document is among the evidence
        /// @param warnings for the operator
        public record Document(
                String kind,
                ByteString sha256,
                String subject,
                String issuer,
                Instant notBefore,
                Instant notAfter,
                boolean known,
                List<String> warnings) {}

        /// @param answer what a client would receive now
        public record Found(SerialStatus status, Told answer) {}

        /// @param at time of the lookup
        /// @param status of the OCSPResponse (RFC 6960 §4.2.1): `successful`, `tryLater`…
        /// @param why there is no signed response
        public record Told(
                Instant at, String status, Optional<String> why, Optional<Response> response) {}

        /// A signed response, decoded.
        ///
        /// @param hash algorithm of the CertID
        /// @param certStatus `good`, `revoked` or `unknown`
        /// @param responder name or key hash, as in the response
        /// @param signers subjects of the certificates in it
        /// @param renewal planned time of the next response
        /// @param base64 the whole OCSPResponse
        public record Response(
                String hash,
                String certStatus,
                Optional<Instant> revokedAt,
                Optional<String> reason,
                Optional<Instant> producedAt,
                Optional<Instant> thisUpdate,
                Optional<Instant> nextUpdate,
                Optional<Instant> renewal,
                String responder,
                String algorithm,
                List<String> signers,
                int octets,
                String base64) {}
    }
}
