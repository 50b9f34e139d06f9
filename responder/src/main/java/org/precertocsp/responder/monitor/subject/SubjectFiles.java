package org.precertocsp.responder.monitor.subject;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.monitor.wire.HttpWire;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.CertificateProblem;

/// Reads certificates and precertificates from files and folders.
///
/// CA certificates among them serve to find issuers; they are asked about only if told so, and
/// responders' and Precertificate Signing Certificates never.
public final class SubjectFiles {
    /// More files than that in a folder are an oversight.
    private static final int MAX_FILES = 100_000;

    /// @param issuers files with certificates of CAs, and of precertificate signers
    /// @param url where to ask instead of where the certificates say
    /// @param authorities whether CA certificates are asked about, too
    public record Request(
            List<Path> files, List<Path> issuers, Optional<String> url, boolean authorities) {}

    /// @param problems one sentence for each that cannot be asked about
    public record Result(List<Subject> subjects, List<String> problems) {}

    private final HttpWire wire;
    private final List<String> problems = new ArrayList<>();

    private SubjectFiles(HttpWire wire) {
        this.wire = wire;
    }

    /// May ask the network for certificates of issuers; blocks meanwhile.
    public static Result read(Request request, HttpWire wire) {
        return new SubjectFiles(wire).read(request);
    }

    private Result read(Request request) {
        IssuerSearch search = new IssuerSearch(wire);
        for (Path file : request.issuers()) {
            search.add(inFile(file).stream().map(SeenCertificate::der).toList());
        }
        List<SeenCertificate> seen = new ArrayList<>();
        request.files().forEach(path -> seen.addAll(inPath(path)));
        search.add(
                seen.stream()
                        .filter(SeenCertificate::isAuthority)
                        .map(SeenCertificate::der)
                        .toList());
        List<Subject> subjects = new ArrayList<>();
        for (SeenCertificate certificate : seen) {
            try {
                if (isAskedAbout(certificate, request)) {
                    subjects.add(subject(certificate, search, request.url()));
                }
            } catch (SubjectProblem e) {
                problems.add(e.explanation());
            }
        }
        return new Result(List.copyOf(subjects), List.copyOf(problems));
    }

    private static boolean isAskedAbout(SeenCertificate certificate, Request request) {
        return !certificate.isResponder()
                && !certificate.isPrecertificateSigner()
                && (request.authorities() || !certificate.isAuthority());
    }

    private static Subject subject(
            SeenCertificate certificate, IssuerSearch search, Optional<String> url)
            throws SubjectProblem {
        IssuerSearch.Found found = search.issuerOf(certificate);
        Optional<String> own = certificate.ocspUrls().stream().findFirst();
        return new Subject(
                certificate.name(),
                certificate.serial(),
                kind(certificate, found),
                found.issuer(),
                url.or(() -> own),
                own,
                certificate.published(),
                certificate.notAfter());
    }

    private static Subject.Kind kind(SeenCertificate certificate, IssuerSearch.Found found) {
        if (certificate.isPrecertificate()) {
            return found.signedBySigner()
                    ? Subject.Kind.PRECERTIFICATE_BY_SIGNER
                    : Subject.Kind.PRECERTIFICATE;
        }
        return certificate.isAuthority() ? Subject.Kind.AUTHORITY : Subject.Kind.CERTIFICATE;
    }

    private List<SeenCertificate> inPath(Path path) {
        if (!Files.isDirectory(path)) {
            return inFile(path);
        }
        List<SeenCertificate> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(path)) {
            List<Path> all =
                    files.filter(Files::isRegularFile).sorted().limit(MAX_FILES + 1L).toList();
            if (all.size() > MAX_FILES) {
                problems.add("%s: more than %d files; split it".formatted(path, MAX_FILES));
            }
            all.stream().limit(MAX_FILES).forEach(file -> found.addAll(ifCertificates(file)));
        } catch (IOException e) {
            problems.add("%s cannot be listed: %s".formatted(path, e));
        }
        if (found.isEmpty()) {
            problems.add("%s holds no file with a certificate, PEM or DER".formatted(path));
        }
        return found;
    }

    /// A folder may hold keys, CRLs and notes beside the certificates.
    private List<SeenCertificate> ifCertificates(Path file) {
        int before = problems.size();
        List<SeenCertificate> found = inFile(file);
        while (problems.size() > before) {
            problems.removeLast();
        }
        return found;
    }

    private List<SeenCertificate> inFile(Path file) {
        List<SeenCertificate> found = new ArrayList<>();
        try {
            List<Octets> all = CertificateFile.readAll(file);
            for (Octets der : all) {
                String number = all.size() == 1 ? "" : "#" + (found.size() + 1);
                found.add(SeenCertificate.parse(file + number, der));
            }
        } catch (CertificateProblem e) {
            problems.add(String.valueOf(e.getMessage()));
        } catch (SubjectProblem e) {
            problems.add(e.explanation());
        }
        return found;
    }
}
