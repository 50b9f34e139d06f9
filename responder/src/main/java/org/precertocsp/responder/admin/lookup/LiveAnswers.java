package org.precertocsp.responder.admin.lookup;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.responder.admin.lookup.Lookup.Response;
import org.precertocsp.responder.admin.lookup.Lookup.Told;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.answer.CacheHints;
import org.precertocsp.responder.monitor.response.Reading;
import org.precertocsp.responder.monitor.response.ResponseReader;
import org.precertocsp.responder.monitor.response.SignedReading;
import org.precertocsp.responder.monitor.response.SingleReading;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.signer.SignedResponse;

/// Determines what the endpoint would answer now, and decodes the response.
///
/// @param answers what clients would receive
record LiveAnswers(AnswerService answers, InstantSource clock) {
    /// With the CertID that nearly all clients send. May block on store and key.
    Told about(SerialKey key) {
        CertId asked = key.issuer().certId(HashAlgorithm.SHA1, DigestParameters.NULL, key.serial());
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

    private static Told signed(Instant now, SignedResponse response, Optional<Instant> renewal) {
        return switch (ResponseReader.read(response)) {
            case Reading.Signed(SignedReading reading) ->
                    new Told(
                            now,
                            "successful",
                            Optional.empty(),
                            Optional.of(decoded(reading, renewal)));
            case Reading.Refusal refusal -> unsigned(now, refusal.summary(), "");
            case Reading.None none -> unsigned(now, "unreadable", none.summary());
        };
    }

    private static Response decoded(SignedReading reading, Optional<Instant> renewal) {
        SingleReading single = reading.first().orElseThrow();
        return new Response(
                HashAlgorithm.SHA1.name(),
                single.status().name().toLowerCase(Locale.ROOT),
                single.revokedAt().flatMap(SignedReading.TimeReading::at),
                single.reason().stream().mapToObj(LiveAnswers::reason).findFirst(),
                reading.producedAt().at(),
                single.thisUpdate().at(),
                single.end(),
                renewal,
                responder(reading.responder()),
                reading.algorithmName(),
                reading.certificates().stream().map(LiveAnswers::subject).toList(),
                reading.der().length(),
                Base64.getEncoder().encodeToString(reading.der().toArray()));
    }

    private static String reason(int code) {
        return RevocationReason.ofCode(code).map(Object::toString).orElse("reason " + code);
    }

    private static String responder(SignedReading.ResponderReading responder) {
        return responder
                .name()
                .map(name -> "name " + new X500Principal(name.toArray()).getName())
                .or(() -> responder.keyHash().map(hash -> "key hash " + hash.toHex()))
                .orElse("");
    }

    private static String subject(Octets der) {
        try {
            X509Certificate certificate =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(new ByteArrayInputStream(der.toArray()));
            return certificate.getSubjectX500Principal().getName();
        } catch (CertificateException e) {
            return "a certificate that cannot be decoded: " + e.getMessage();
        }
    }
}
