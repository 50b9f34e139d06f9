package org.precertocsp.responder.monitor;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.responder.ctlog.CandidateEntry;
import org.precertocsp.responder.ctlog.CtLogClient;
import org.precertocsp.responder.ctlog.IssuerFilter;
import org.precertocsp.responder.ctlog.LogTailReader;
import org.precertocsp.responder.ctlog.LogUnavailableException;
import org.precertocsp.responder.ctlog.UnprovenLogException;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.certificate.LoggedCertificateVerifier;
import org.precertocsp.responder.intake.certificate.PrecertificateSigningCertificates;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// The newest precertificates of a log, whose CAs must answer for their serials.
public final class LogCheckSubjects {
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
    public record Result(List<CheckSubject> subjects, List<String> problems, List<String> notes) {}

    private final CtLogClient log;
    private final Request request;
    private final IssuerFinder search;
    private final Map<ByteString, Optional<ByteString>> chains = new HashMap<>();
    private final List<CheckSubject> subjects = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private int withoutService;

    private LogCheckSubjects(CtLogClient log, Request request, RawHttpClient wire) {
        this.log = log;
        this.request = request;
        this.search = new IssuerFinder(wire);
    }

    /// Blocks on the network: the log, and addresses of CA certificates.
    ///
    /// @throws LogUnavailableException the log does not answer
    /// @throws UnprovenLogException the log's answers contradict its head
    public static Result read(CtLogClient log, Request request, RawHttpClient wire)
            throws LogUnavailableException, UnprovenLogException, InterruptedException {
        return new LogCheckSubjects(log, request, wire).read();
    }

    private Result read()
            throws LogUnavailableException, UnprovenLogException, InterruptedException {
        LogTailReader.Tail tail =
                new LogTailReader(log, wanted()).last(request.last(), request.reach());
        Duration age = Duration.between(tail.head().timestamp(), request.now());
        if (age.compareTo(MAX_HEAD_AGE) > 0) {
            problems.add(
                    "%s: its newest head is of %s, more than %d hours ago"
                            .formatted(
                                    request.name(),
                                    tail.head().timestamp(),
                                    MAX_HEAD_AGE.toHours()));
        }
        for (CandidateEntry entry : tail.precertificates()) {
            try {
                add(entry);
            } catch (CheckSubjectException e) {
                problems.add(e.explanation());
            }
        }
        return new Result(List.copyOf(subjects), List.copyOf(problems), notes(tail));
    }

    private List<String> notes(LogTailReader.Tail tail) {
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

    private IssuerFilter wanted() {
        List<ConfiguredIssuer> wanted = new ArrayList<>();
        for (Path file : request.issuers()) {
            try {
                List<ByteString> all = CertificateFile.readAll(file);
                search.add(all);
                for (ByteString der : all) {
                    wanted.add(fed(IssuerCertificate.parse(der)));
                }
            } catch (InvalidCertificateException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        return request.issuers().isEmpty()
                ? IssuerFilter.ANYBODY
                : IssuerFilter.of(new ConfiguredIssuer.Directory(wanted));
    }

    // The profile is not used.
    private static ConfiguredIssuer fed(IssuerCertificate certificate) {
        return new ConfiguredIssuer(
                certificate.subject(), List.of(certificate), IssuerProfile.PRIVATE);
    }

    private void add(CandidateEntry entry)
            throws CheckSubjectException, LogUnavailableException, InterruptedException {
        String name = "%s entry %d".formatted(request.name(), entry.index());
        ByteString document = entry.submitted().precertificate().orElseThrow();
        SubjectCertificate seen = SubjectCertificate.parse(name, document);
        List<ByteString> chain = chain(entry);
        search.add(chain);
        IssuerFinder.Found found = search.issuerOf(seen);
        if (!isOfLeaf(entry, document, chain, found.issuer())) {
            throw new CheckSubjectException(
                    name + ": the precertificate beside its leaf is not the one in the leaf");
        }
        Optional<String> own = seen.ocspUrls().stream().findFirst();
        if (own.isEmpty() && request.url().isEmpty()) {
            withoutService++;
            return;
        }
        subjects.add(
                new CheckSubject(
                        name,
                        seen.serial(),
                        found.signedBySigner()
                                ? CheckSubject.Kind.PRECERTIFICATE_BY_SIGNER
                                : CheckSubject.Kind.PRECERTIFICATE,
                        found.issuer(),
                        request.url().or(() -> own),
                        own,
                        Optional.of(entry.timestamp()),
                        seen.notAfter()));
    }

    private static boolean isOfLeaf(
            CandidateEntry entry,
            ByteString document,
            List<ByteString> chain,
            IssuerCertificate issuer) {
        ConfiguredIssuer.Directory directory = new ConfiguredIssuer.Directory(List.of(fed(issuer)));
        return new LoggedCertificateVerifier(PrecertificateSigningCertificates.none(directory))
                        .precertificate(entry.body(), document, chain)
                instanceof LoggedCertificateVerifier.Verdict.Ours;
    }

    /// The signing certificate, if the log has it.
    private List<ByteString> chain(CandidateEntry entry)
            throws LogUnavailableException, InterruptedException {
        Optional<ByteString> fingerprint = entry.submitted().issuerSha256();
        if (fingerprint.isPresent()) {
            Optional<ByteString> known = chains.get(fingerprint.get());
            if (known == null) {
                known = log.issuer(fingerprint.get());
                chains.put(fingerprint.get(), known);
            }
            return known.stream().toList();
        }
        return entry.submitted().issuer().stream().toList();
    }
}
