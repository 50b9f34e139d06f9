package org.precertocsp.responder.monitor;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;

/// The check of one certificate at one responder, and the responses that every rule reads first.
///
/// @param answers to the plain requests: POST and GET, SHA-1 and SHA-256
/// @param now when these responses were complete
record CheckContext(
        CheckSubject subject,
        IssuerProfile profile,
        CheckSession session,
        RuleResults results,
        List<Exchange> answers,
        Instant now) {
    private static final List<String> METHODS = List.of("POST", "GET");

    /// The CertID as most clients send it: parameters NULL with SHA-1, absent with SHA-256.
    static CertId certId(CheckSubject subject, HashAlgorithm hash, Serial serial) {
        DigestParameters parameters =
                hash == HashAlgorithm.SHA1 ? DigestParameters.NULL : DigestParameters.ABSENT;
        return subject.issuer().key().certId(hash, parameters, serial);
    }

    static List<Exchange> sendPlainRequests(CheckSubject subject, CheckSession session) {
        return METHODS.stream()
                .flatMap(
                        method ->
                                List.of(HashAlgorithm.SHA1, HashAlgorithm.SHA256).stream()
                                        .map(hash -> certId(subject, hash, subject.serial()))
                                        .map(
                                                id ->
                                                        session.sendWithRetries(
                                                                method, CheckRequest.plain(id))))
                .toList();
    }

    List<Exchange> by(String method) {
        return answers.stream().filter(it -> it.method().equals(method)).toList();
    }

    List<Exchange> usable() {
        return answers.stream().filter(Exchange::isUsable).toList();
    }

    /// A request that got a usable answer: POST and SHA-1 before others.
    Optional<Exchange> working() {
        return usable().stream().findFirst();
    }

    CheckLimits limits() {
        return session.limits();
    }

    boolean isPublic() {
        return profile.strict();
    }
}
