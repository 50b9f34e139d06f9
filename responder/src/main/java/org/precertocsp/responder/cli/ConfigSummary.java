package org.precertocsp.responder.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.precertocsp.responder.config.ServerConfig.Issuer;
import org.precertocsp.responder.config.ServerConfig;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.CredentialSource;

/// A summary of a valid configuration, in a few lines.
final class ConfigSummary {
    private final ServerConfig config;

    ConfigSummary(ServerConfig config) {
        this.config = config;
    }

    String text(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("ok: " + file);
        lines.add("  store    " + config.store().directory());
        lines.add("  spool    " + config.spool().directory());
        lines.add("  public   " + addresses() + ", path " + config.http().path());
        lines.add(
                "  private  "
                        + config.admin()
                                .map(admin -> Serving.hostAndPort(admin.listen()))
                                .orElse("none"));
        for (Issuer issuer : config.issuers()) {
            lines.add(
                    "  issuer   %s: profile %s, %s"
                            .formatted(issuer.name(), issuer.profile().name(), signer(issuer)));
        }
        return lines.stream()
                .map(line -> line + System.lineSeparator())
                .collect(Collectors.joining());
    }

    private static String signer(Issuer issuer) throws IOException {
        if (issuer.credential().isEmpty()) {
            return "loaded but not answered for";
        }
        CredentialSource credential = issuer.credential().get();
        return credential.certificate().isPresent()
                ? "delegate until " + end(credential.certificate().get())
                : "the CA's own key signs, until " + end(issuer.certificates().getFirst());
    }

    private static String end(Path certificate) throws IOException {
        try {
            return CertificateFile.readFirst(certificate)
                    .notAfter()
                    .truncatedTo(ChronoUnit.SECONDS)
                    .toString();
        } catch (CertificateProblem e) {
            throw new IOException(certificate + " changed while it was read", e);
        }
    }

    private String addresses() {
        return config.http().listen().stream()
                .map(Serving::hostAndPort)
                .collect(Collectors.joining(" "));
    }
}
