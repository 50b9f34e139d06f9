package org.precertocsp.responder.config;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.audit.IssuerRetention;
import org.precertocsp.responder.ctlog.CtOnlySerialPolicy;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.certificate.PrecertificateSigningCertificates;
import org.precertocsp.responder.renewal.Credentials;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.CredentialSource;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;

/// The issuers of a configuration together with their certificates, read once.
///
/// @param signers the Precertificate Signing Certificates
public record ConfiguredIssuers(
        List<ServerConfig.Issuer> configured,
        ConfiguredIssuer.Directory directory,
        PrecertificateSigningCertificates signers) {
    public ConfiguredIssuers {
        configured = List.copyOf(configured);
    }

    /// @throws InvalidCertificateException a certificate cannot be read, or must not sign
    ///   precertificates
    public static ConfiguredIssuers read(ServerConfig config) throws InvalidCertificateException {
        ConfiguredIssuer.Directory directory = directory(config);
        List<IssuerCertificate> signers = new ArrayList<>();
        for (ServerConfig.Issuer issuer : config.issuers()) {
            signers.addAll(certificates(issuer.precertificateSigning()));
        }
        return new ConfiguredIssuers(
                config.issuers(),
                directory,
                PrecertificateSigningCertificates.of(directory, signers));
    }

    /// The issuers alone.
    ///
    /// @throws InvalidCertificateException a certificate cannot be read
    public static ConfiguredIssuer.Directory directory(ServerConfig config)
            throws InvalidCertificateException {
        List<ConfiguredIssuer> issuers = new ArrayList<>();
        for (ServerConfig.Issuer issuer : config.issuers()) {
            issuers.add(
                    new ConfiguredIssuer(
                            issuer.name(), certificates(issuer.certificates()), issuer.profile()));
        }
        return new ConfiguredIssuer.Directory(issuers);
    }

    private static List<IssuerCertificate> certificates(List<Path> files)
            throws InvalidCertificateException {
        List<IssuerCertificate> certificates = new ArrayList<>();
        for (Path file : files) {
            certificates.add(CertificateFile.readFirst(file));
        }
        return certificates;
    }

    public List<IssuerKey> keys() {
        return directory.issuers().stream().map(ConfiguredIssuer::key).toList();
    }

    /// How long records about each issuer are kept.
    public static List<IssuerRetention> retentionTerms(ConfiguredIssuer.Directory issuers) {
        return issuers.issuers().stream().map(ConfiguredIssuers::term).toList();
    }

    private static IssuerRetention term(ConfiguredIssuer issuer) {
        Instant end =
                issuer.certificates().stream()
                        .map(IssuerCertificate::notAfter)
                        .max(Instant::compareTo)
                        .orElseThrow();
        return new IssuerRetention(
                issuer.name(),
                issuer.key(),
                end,
                issuer.profile().retentionPastExpiry().orElse(Duration.ZERO));
    }

    /// The CA certificate of each issuer, by the issuer's name.
    public Map<String, IssuerCertificate> certificates() {
        Map<String, IssuerCertificate> certificates = new TreeMap<>();
        directory.issuers().forEach(it -> certificates.put(it.name(), it.certificate()));
        return certificates;
    }

    /// The issuers that have a credential and are therefore served.
    public List<Credentials.Issuer> answered() {
        List<Credentials.Issuer> answered = new ArrayList<>();
        for (ServerConfig.Issuer issuer : configured) {
            issuer.credential().ifPresent(it -> answered.add(answered(issuer, it)));
        }
        return answered;
    }

    private Credentials.Issuer answered(ServerConfig.Issuer issuer, CredentialSource credential) {
        ConfiguredIssuer known = directory.called(issuer.name()).orElseThrow();
        return new Credentials.Issuer(
                issuer.name(), known.key(), known.certificates(), issuer.profile(), credential);
    }

    /// Issuers whose serials are not assigned when only a CT log delivers them (CT-20).
    public Set<IssuerKey> alertOnly() {
        return configured.stream()
                .filter(issuer -> issuer.ct() == CtOnlySerialPolicy.ALERT_ONLY)
                .map(issuer -> directory.called(issuer.name()).orElseThrow().key())
                .collect(Collectors.toSet());
    }

    /// The certificates this responder works with, by description: those of its delegates and of
    /// the issuers. Read again at each call, since they are renewed while the server runs.
    public Map<String, IssuerCertificate> ownCertificates() {
        Map<String, IssuerCertificate> own = new HashMap<>();
        for (ServerConfig.Issuer issuer : configured) {
            issuer.credential()
                    .flatMap(CredentialSource::certificate)
                    .ifPresent(
                            file ->
                                    add(
                                            own,
                                            file,
                                            "the responder certificate of issuer "
                                                    + issuer.name()));
            for (Path file : issuer.certificates()) {
                add(own, file, "a certificate of issuer %s (%s)".formatted(issuer.name(), file));
            }
        }
        return own;
    }

    private static void add(Map<String, IssuerCertificate> own, Path file, String what) {
        try {
            own.put(what, CertificateFile.readFirst(file));
        } catch (InvalidCertificateException e) {
            // Reported where the certificate is used.
        }
    }
}
