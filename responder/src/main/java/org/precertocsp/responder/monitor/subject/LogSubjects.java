package org.precertocsp.responder.monitor.subject;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.certificate.LoggedCertificates;
import org.precertocsp.responder.intake.certificate.PrecertificateSigners;
import org.precertocsp.responder.intake.ctlog.client.CtLog;
import org.precertocsp.responder.intake.ctlog.client.LogUnavailable;
import org.precertocsp.responder.intake.ctlog.entry.Candidate;
import org.precertocsp.responder.intake.ctlog.entry.OurIssuers;
import org.precertocsp.responder.monitor.ctlog.NotProven;
import org.precertocsp.responder.monitor.ctlog.ProvenTail;
import org.precertocsp.responder.monitor.wire.HttpWire;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.IssuerCertificate;

/// The newest precertificates of a log, whose CAs must answer for their serials.
public final class LogSubjects {
    /// A log with an older head counts as stale.
    private static final Duration MAX_HEAD_AGE = Duration.ofHours(26);

    /// @param name of the log, for people
    /// @param last number of precertificates
    /// @param reach number of entries to search for them
    /// @param issuers files with certificates of the CAs to check, and of precertificate signers;
    ///   empty for all CAs
    /// @param url the responder to use instead of those that the precertificates name
    /// @param now to recognise a stale log
    public record Request(
            String name,
            int last,
            long reach,
            List<Path> issuers,
            Optional<String> url,
            Instant now) {
        public Request {
            issuers = List.copyOf(issuers);
        }
    }

    /// @param problems one sentence for each precertificate that cannot be checked
    /// @param notes what was read, and what was skipped
    public record Result(List<Subject> subjects, List<String> problems, List<String> notes) {}

    private final CtLog log;
    private final Request request;
    private final IssuerSearch search;
    private final Map<Octets, Optional<Octets>> chains = new HashMap<>();
    private final List<Subject> subjects = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private int withoutService;

    private LogSubjects(CtLog log, Request request, HttpWire wire) {
        this.log = log;
        this.request = request;
        this.search = new IssuerSearch(wire);
    }

    /// Blocks on the network: the log, and addresses of CA certificates.
    ///
    /// @throws LogUnavailable the log does not answer
    /// @throws NotProven the log's answers contradict its head
    public static Result read(CtLog log, Request request, HttpWire wire)
            throws LogUnavailable, NotProven, InterruptedException {
        return new LogSubjects(log, request, wire).read();
    }

    private Result read() throws LogUnavailable, NotProven, InterruptedException {
        ProvenTail.Tail tail = new ProvenTail(log, wanted()).last(request.last(), request.reach());
        Duration age = Duration.between(tail.head().timestamp(), request.now());
        if (age.compareTo(MAX_HEAD_AGE) > 0) {
            problems.add(
                    "%s: its newest head is of %s, more than %d hours ago"
                            .formatted(
                                    request.name(),
                                    tail.head().timestamp(),
                                    MAX_HEAD_AGE.toHours()));
        }
        for (Candidate entry : tail.precertificates()) {
            try {
                add(entry);
            } catch (SubjectProblem e) {
                problems.add(e.explanation());
            }
        }
        return new Result(List.copyOf(subjects), List.copyOf(problems), notes(tail));
    }

    private List<String> notes(ProvenTail.Tail tail) {
        List<String> notes = new ArrayList<>();
        notes.add(
                "%s: %d precertificates in its newest %d of %d entries, all proven"
                        .formatted(
                                request.name(),
                                tail.precertificates().size(),
                                tail.read(),
                                tail.head().size()));
        if (withoutService > 0) {
            notes.add(
                    "%d of them name no OCSP service, so they cannot be checked (SA-16)"
                            .formatted(withoutService));
        }
        return List.copyOf(notes);
    }

    private OurIssuers wanted() {
        List<FedIssuer> wanted = new ArrayList<>();
        for (Path file : request.issuers()) {
            try {
                List<Octets> all = CertificateFile.readAll(file);
                search.add(all);
                for (Octets der : all) {
                    wanted.add(fed(IssuerCertificate.parse(der)));
                }
            } catch (CertificateProblem e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        return request.issuers().isEmpty()
                ? OurIssuers.ANYBODY
                : OurIssuers.of(new FedIssuer.Directory(wanted));
    }

    // The profile is not used.
    private static FedIssuer fed(IssuerCertificate certificate) {
        return new FedIssuer(certificate.subject(), List.of(certificate), IssuerProfile.PRIVATE);
    }

    private void add(Candidate entry) throws SubjectProblem, LogUnavailable, InterruptedException {
        String name = "%s entry %d".formatted(request.name(), entry.index());
        Octets document = entry.submitted().precertificate().orElseThrow();
        SeenCertificate seen = SeenCertificate.parse(name, document);
        List<Octets> chain = chain(entry);
        search.add(chain);
        IssuerSearch.Found found = search.issuerOf(seen);
        if (!isOfLeaf(entry, document, chain, found.issuer())) {
            throw new SubjectProblem(
                    name + ": the precertificate beside its leaf is not the one in the leaf");
        }
        Optional<String> own = seen.ocspUrls().stream().findFirst();
        if (own.isEmpty() && request.url().isEmpty()) {
            withoutService++;
            return;
        }
        subjects.add(
                new Subject(
                        name,
                        seen.serial(),
                        found.signedBySigner()
                                ? Subject.Kind.PRECERTIFICATE_BY_SIGNER
                                : Subject.Kind.PRECERTIFICATE,
                        found.issuer(),
                        request.url().or(() -> own),
                        own,
                        Optional.of(entry.timestamp()),
                        seen.notAfter()));
    }

    private static boolean isOfLeaf(
            Candidate entry, Octets document, List<Octets> chain, IssuerCertificate issuer) {
        FedIssuer.Directory directory = new FedIssuer.Directory(List.of(fed(issuer)));
        return new LoggedCertificates(PrecertificateSigners.none(directory))
                        .precertificate(entry.body(), document, chain)
                instanceof LoggedCertificates.Verdict.Ours;
    }

    /// The signing certificate, if the log has it.
    private List<Octets> chain(Candidate entry) throws LogUnavailable, InterruptedException {
        Optional<Octets> fingerprint = entry.submitted().issuerSha256();
        if (fingerprint.isPresent()) {
            Optional<Octets> known = chains.get(fingerprint.get());
            if (known == null) {
                known = log.issuer(fingerprint.get());
                chains.put(fingerprint.get(), known);
            }
            return known.stream().toList();
        }
        return entry.submitted().issuer().stream().toList();
    }
}
