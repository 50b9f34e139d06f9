package org.precertocsp.responder.monitor.rule;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.DigestParameters;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.monitor.question.CheckRequest;
import org.precertocsp.responder.monitor.subject.Subject;

/// The check of one certificate at one responder, and the responses that every rule reads first.
///
/// @param answers to the plain requests: POST and GET, SHA-1 and SHA-256
/// @param now when these responses were complete
record Case(
        Subject subject,
        IssuerProfile profile,
        Session session,
        Rulings results,
        List<Asked> answers,
        Instant now) {
    private static final List<String> METHODS = List.of("POST", "GET");

    /// The CertID as most clients send it: parameters NULL with SHA-1, absent with SHA-256.
    static CertId certId(Subject subject, HashAlgorithm hash, Serial serial) {
        DigestParameters parameters =
                hash == HashAlgorithm.SHA1 ? DigestParameters.NULL : DigestParameters.ABSENT;
        return subject.issuer().key().certId(hash, parameters, serial);
    }

    static List<Asked> sendPlainRequests(Subject subject, Session session) {
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

    List<Asked> by(String method) {
        return answers.stream().filter(it -> it.method().equals(method)).toList();
    }

    List<Asked> usable() {
        return answers.stream().filter(Asked::isUsable).toList();
    }

    /// A request that got a usable answer: POST and SHA-1 before others.
    Optional<Asked> working() {
        return usable().stream().findFirst();
    }

    CheckLimits limits() {
        return session.limits();
    }

    boolean isPublic() {
        return profile.strict();
    }
}
