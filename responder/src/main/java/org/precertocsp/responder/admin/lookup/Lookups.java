package org.precertocsp.responder.admin.lookup;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.admin.change.CertificateText;
import org.precertocsp.responder.admin.change.FactReader;
import org.precertocsp.responder.admin.change.Fields;
import org.precertocsp.responder.admin.change.Objection;
import org.precertocsp.responder.admin.lookup.Lookup.Document;
import org.precertocsp.responder.admin.lookup.Lookup.Found;
import org.precertocsp.responder.answer.AnswerService;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.certificate.SubmittedCertificates;
import org.precertocsp.responder.intake.certificate.SubmittedCertificates.Verdict;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusAnswer;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusReader;

/// Looks up certificates and serials without changing anything. Thread-safe; may block on store and
/// key.
public final class Lookups {
    private final FedIssuer.Directory issuers;
    private final SubmittedCertificates certificates;
    private final StatusReader statuses;
    private final LiveAnswers answers;

    /// @param answers what clients would receive
    public Lookups(
            FedIssuer.Directory issuers,
            SubmittedCertificates certificates,
            StatusReader statuses,
            AnswerService answers,
            InstantSource clock) {
        this.issuers = issuers;
        this.certificates = certificates;
        this.statuses = statuses;
        this.answers = new LiveAnswers(answers, clock);
    }

    /// @param json `certificate`, or `serial` and optionally `issuer`
    public Lookup read(byte[] json) throws Objection {
        Fields fields = Fields.of(json);
        Optional<String> certificate = fields.text("certificate");
        Optional<String> serial = fields.text("serial");
        Optional<String> issuer = fields.text("issuer");
        fields.refuseOthers();
        if (certificate.isPresent() == serial.isPresent()) {
            throw Objection.of(
                    Objection.Kind.MALFORMED, "exactly one of certificate and serial is expected");
        }
        return certificate.isPresent()
                ? document(CertificateText.der(certificate.get()))
                : serial(FactReader.serial(serial.get()), issuer);
    }

    /// @param body DER, PEM or base64
    public Lookup document(byte[] body) throws Objection {
        return document(CertificateText.der(body));
    }

    /// Only documents that a configured issuer signed; of others the issuer is unknown.
    private Lookup document(Octets der) throws Objection {
        return switch (certificates.judge(der)) {
            case Verdict.Refused(String why) -> throw Objection.field("certificate", why);
            case Verdict.Taken(StatusChange.Assign change, List<String> warnings) -> {
                FedIssuer issuer = issuers.of(change.key().issuer()).orElseThrow();
                Found found = found(issuer, change.key().serial());
                yield new Lookup(
                        Optional.of(described(der, change, warnings, found)), List.of(found));
            }
        };
    }

    private static Document described(
            Octets der, StatusChange.Assign change, List<String> warnings, Found found)
            throws Objection {
        Octets sha256 = HashAlgorithm.SHA256.hash(der);
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

    private static X509Certificate parsed(Octets der) throws Objection {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der.toArray()));
        } catch (CertificateException e) {
            throw Objection.field("certificate", "cannot be read: " + e.getMessage());
        }
    }

    /// Without an issuer: all issuers that know the serial; if none does, all issuers.
    private Lookup serial(Serial serial, Optional<String> named) throws Objection {
        List<FedIssuer> candidates =
                named.isEmpty() ? issuers.issuers() : List.of(called(named.get()));
        List<FedIssuer> matching =
                candidates.stream()
                        .filter(it -> statuses.find(new SerialKey(it.key(), serial)).isPresent())
                        .toList();
        return new Lookup(
                Optional.empty(),
                (matching.isEmpty() ? candidates : matching)
                        .stream().map(issuer -> found(issuer, serial)).toList());
    }

    private FedIssuer called(String name) throws Objection {
        return issuers.called(name)
                .orElseThrow(() -> Objection.field("issuer", "no configured issuer has this name"));
    }

    private Found found(FedIssuer issuer, Serial serial) {
        SerialKey key = new SerialKey(issuer.key(), serial);
        return new Found(StatusAnswer.of(issuer.name(), statuses.dossier(key)), answers.about(key));
    }
}
