package org.precertocsp.responder.monitor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerTag;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.InvalidCertificateException;

/// Reads certificates and precertificates from files and directories.
///
/// CA certificates among them are used to find issuers and are checked only on request;
/// certificates of responders and precertificate signers are never checked.
public final class FileCheckSubjects {
    /// More files in a directory are probably a mistake.
    private static final int MAX_FILES = 100_000;

    private static final Pattern NAMED_CERTIFICATE = Pattern.compile("(?i)\\.(crt|cer|der)$");
    private static final Pattern PEM_CERTIFICATE =
            Pattern.compile("-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----");

    /// @param issuers files with certificates of CAs, and of precertificate signers
    /// @param url the responder to use instead of those that the certificates name
    /// @param authorities whether CA certificates are checked as well
    public record Request(
            List<Path> files, List<Path> issuers, Optional<String> url, boolean authorities) {}

    /// @param problems one sentence for each certificate that cannot be checked
    /// @param notes what was skipped
    public record Result(List<CheckSubject> subjects, List<String> problems, List<String> notes) {}

    private final RawHttpClient wire;
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private FileCheckSubjects(RawHttpClient wire) {
        this.wire = wire;
    }

    /// May download CA certificates; blocks meanwhile.
    public static Result read(Request request, RawHttpClient wire) {
        return new FileCheckSubjects(wire).read(request);
    }

    private Result read(Request request) {
        IssuerFinder search = new IssuerFinder(wire);
        for (Path file : request.issuers()) {
            search.add(inFile(file).stream().map(SubjectCertificate::der).toList());
        }
        List<SubjectCertificate> seen = new ArrayList<>();
        request.files().forEach(path -> seen.addAll(inPath(path)));
        search.add(
                seen.stream()
                        .filter(SubjectCertificate::isAuthority)
                        .map(SubjectCertificate::der)
                        .toList());
        List<CheckSubject> subjects = new ArrayList<>();
        for (SubjectCertificate certificate : seen) {
            try {
                if (isChecked(certificate, request)) {
                    subjects.add(subject(certificate, search, request.url()));
                }
            } catch (CheckSubjectException e) {
                problems.add(e.explanation());
            }
        }
        return new Result(List.copyOf(subjects), List.copyOf(problems), List.copyOf(notes));
    }

    private static boolean isChecked(SubjectCertificate certificate, Request request) {
        return !certificate.isResponder()
                && !certificate.isPrecertificateSigner()
                && (request.authorities() || !certificate.isAuthority());
    }

    private static CheckSubject subject(
            SubjectCertificate certificate, IssuerFinder search, Optional<String> url)
            throws CheckSubjectException {
        IssuerFinder.Found found = search.issuerOf(certificate);
        Optional<String> own = certificate.ocspUrls().stream().findFirst();
        return new CheckSubject(
                certificate.name(),
                certificate.serial(),
                kind(certificate, found),
                found.issuer(),
                url.or(() -> own),
                own,
                certificate.published(),
                certificate.notAfter());
    }

    private static CheckSubject.Kind kind(
            SubjectCertificate certificate, IssuerFinder.Found found) {
        if (certificate.isPrecertificate()) {
            return found.signedBySigner()
                    ? CheckSubject.Kind.PRECERTIFICATE_BY_SIGNER
                    : CheckSubject.Kind.PRECERTIFICATE;
        }
        return certificate.isAuthority()
                ? CheckSubject.Kind.AUTHORITY
                : CheckSubject.Kind.CERTIFICATE;
    }

    private List<SubjectCertificate> inPath(Path path) {
        if (!Files.isDirectory(path)) {
            return inFile(path);
        }
        List<SubjectCertificate> found = new ArrayList<>();
        int others = 0;
        try (Stream<Path> listed = Files.list(path)) {
            List<Path> all = listed.sorted().toList();
            List<Path> files = all.stream().filter(file -> !Files.isDirectory(file)).toList();
            if (files.size() > MAX_FILES) {
                problems.add("%s: more than %d files; split it".formatted(path, MAX_FILES));
            }
            for (Path file : files.stream().limit(MAX_FILES).toList()) {
                if (isAboutCertificates(file)) {
                    found.addAll(inFile(file));
                } else {
                    others++;
                }
            }
            if (all.size() > files.size()) {
                notes.add(
                        "%s: %d directories in it are not searched"
                                .formatted(path, all.size() - files.size()));
            }
        } catch (IOException e) {
            problems.add("%s cannot be listed: %s".formatted(path, e));
        }
        if (found.isEmpty()) {
            problems.add("%s holds no file with a certificate, PEM or DER".formatted(path));
        } else if (others > 0) {
            notes.add("%s: %d files hold no certificate".formatted(path, others));
        }
        return found;
    }

    /// A directory may contain keys, CRLs and other files. A file counts as a certificate by its
    /// content or its name, and is a problem if it cannot be read.
    private static boolean isAboutCertificates(Path file) {
        byte[] content;
        try (InputStream in = Files.newInputStream(file)) {
            content = in.readNBytes(CertificateFile.MAX_BYTES);
        } catch (IOException _) {
            return true; // Reading it again reports the cause.
        }
        if (content.length > 0 && content[0] == DerTag.SEQUENCE) {
            return NAMED_CERTIFICATE.matcher(file.toString()).find()
                    ? !isOtherDer(content)
                    : isCertificate(content);
        }
        return PEM_CERTIFICATE.matcher(new String(content, StandardCharsets.ISO_8859_1)).find();
    }

    private static boolean isCertificate(byte[] der) {
        try {
            ASN1Sequence outer = ASN1Sequence.getInstance(der);
            return outer.size() == 3
                    && outer.getObjectAt(0) instanceof ASN1Sequence tbs
                    && tbs.size() > 0
                    && tbs.getObjectAt(0) instanceof ASN1TaggedObject;
        } catch (RuntimeException _) {
            return false;
        }
    }

    /// A key, a CRL or an OCSP response: complete DER of another structure.
    private static boolean isOtherDer(byte[] der) {
        try {
            ASN1Primitive.fromByteArray(der);
            return !isCertificate(der);
        } catch (IOException | RuntimeException _) {
            return false;
        }
    }

    private List<SubjectCertificate> inFile(Path file) {
        List<SubjectCertificate> found = new ArrayList<>();
        try {
            List<ByteString> all = CertificateFile.readAll(file);
            for (int i = 0; i < all.size(); i++) {
                String number = all.size() == 1 ? "" : "#" + (i + 1);
                try {
                    found.add(SubjectCertificate.parse(file + number, all.get(i)));
                } catch (CheckSubjectException e) {
                    // The others in the file are used.
                    problems.add(e.explanation());
                }
            }
        } catch (InvalidCertificateException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return found;
    }
}
