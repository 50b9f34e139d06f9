package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.UnreadableFileException;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// Finds the configured issuer of the certificate file given with `--issuer`.
final class IssuerLookup {
    /// In bytes; no certificate is longer.
    static final int MAX_BYTES = 1 << 20;

    private static final Pattern PEM =
            Pattern.compile(
                    "-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([A-Za-z0-9+/=\\s]+)-----END");

    private IssuerLookup() {}

    /// Finds the configured issuer with the certificate's name and key: any cross-certificate will
    /// do (trap 16).
    ///
    /// @throws CommandException the file is not a certificate, or not of a configured issuer
    static ConfiguredIssuer find(Path file, ConfiguredIssuer.Directory configured)
            throws CommandException {
        IssuerCertificate certificate = read(file);
        return configured
                .of(certificate.key())
                .orElseThrow(
                        () ->
                                new CommandException(
                                        "%s is the certificate of %s, which is not a configured issuer;"
                                                        .formatted(
                                                                file,
                                                                SafeText.of(certificate.subject()))
                                                + " configured are "
                                                + list(configured)));
    }

    private static IssuerCertificate read(Path file) throws CommandException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_BYTES);
            Matcher pem = PEM.matcher(new String(content, StandardCharsets.ISO_8859_1));
            byte[] der = pem.find() ? Base64.getMimeDecoder().decode(pem.group(1)) : content;
            return IssuerCertificate.parse(ByteString.of(der));
        } catch (IOException e) {
            throw new CommandException(
                    "--issuer %s cannot be read: %s"
                            .formatted(file, UnreadableFileException.reason(e)),
                    e);
        } catch (InvalidCertificateException | IllegalArgumentException e) {
            throw new CommandException(
                    "--issuer %s holds no certificate, PEM or DER: %s"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private static String list(ConfiguredIssuer.Directory configured) {
        return configured.issuers().stream()
                .map(i -> i.name() + " (" + SafeText.of(i.certificate().subject()) + ")")
                .collect(Collectors.joining(", "));
    }
}
