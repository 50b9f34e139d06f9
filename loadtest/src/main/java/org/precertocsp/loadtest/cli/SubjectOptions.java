package org.precertocsp.loadtest.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.loadtest.requests.CertificateFolder;
import org.precertocsp.loadtest.requests.Population;
import org.precertocsp.loadtest.requests.SerialFile;
import org.precertocsp.loadtest.requests.SerialTable;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.IssuerCertificate;
import picocli.CommandLine.Option;

/// The serials to request.
final class SubjectOptions {
    @Option(
            names = "--issuer",
            paramLabel = "FILE",
            description = "Certificate of the CA, PEM or DER. A corpus has its own.")
    private @Nullable Path issuer;

    @Option(
            names = "--serials",
            paramLabel = "FILE",
            description =
                    "One serial in hexadecimal per line, optionally followed by ,good ,revoked or"
                            + " ,unassigned: the expected answer.")
    private @Nullable Path serials;

    @Option(
            names = "--certificates",
            paramLabel = "PATH",
            arity = "1..*",
            description = "Certificates or precertificates, files or folders.")
    private List<Path> certificates = List.of();

    @Option(
            names = "--corpus",
            paramLabel = "DIR",
            description = "A folder made by precert-load corpus.")
    private @Nullable Path corpus;

    /// @throws IllegalArgumentException unless exactly one source is named, and an issuer if it has
    ///   none
    Population population(long seed) throws IOException {
        int sources =
                (serials == null ? 0 : 1)
                        + (certificates.isEmpty() ? 0 : 1)
                        + (corpus == null ? 0 : 1);
        if (sources != 1) {
            throw new IllegalArgumentException(
                    "name one of --serials, --certificates and --corpus");
        }
        IssuerCertificate authority = authority();
        if (!certificates.isEmpty()) {
            return Population.of(authority, CertificateFolder.read(authority, certificates), seed);
        }
        SerialFile.Lists lists =
                SerialFile.read(corpus == null ? serials() : corpus.resolve("serials.csv"));
        SerialTable assigned = lists.assigned();
        return lists.unassigned().size() == 0
                ? Population.of(authority, assigned, seed)
                : new Population(authority, assigned, lists.unassigned());
    }

    private Path serials() {
        return Optional.ofNullable(serials)
                .orElseThrow(() -> new IllegalArgumentException("name --serials"));
    }

    private IssuerCertificate authority() throws IOException {
        Path file = issuer;
        if (file == null && corpus != null) {
            file = corpus.resolve("issuer.pem");
        }
        if (file == null) {
            throw new IllegalArgumentException(
                    "--issuer is missing: name the certificate of the CA that issued the serials");
        }
        try {
            return CertificateFile.readFirst(file);
        } catch (CertificateProblem e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
