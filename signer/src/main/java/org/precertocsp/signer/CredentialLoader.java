package org.precertocsp.signer;

import java.nio.file.Path;
import java.security.PublicKey;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.SecretSource;
import org.precertocsp.signer.key.SigningKey;
import org.precertocsp.signer.key.SigningKeyException;

/// Reads an issuer's credential from the configured source, each time it is called.
public final class CredentialLoader {
    private final List<IssuerCertificate> issuers;
    private final IssuerProfile profile;
    private final KeyOpener keys;
    private final InstantSource clock;
    private volatile CredentialSource source;

    /// @param issuers the CA's certificates, at least one
    public CredentialLoader(
            CredentialSource source,
            List<IssuerCertificate> issuers,
            IssuerProfile profile,
            KeyOpener keys,
            InstantSource clock) {
        this.source = source;
        this.issuers = List.copyOf(issuers);
        this.profile = profile;
        this.keys = keys;
        this.clock = clock;
    }

    /// Sets the source of the credential for later loads.
    public void use(CredentialSource changed) {
        source = changed;
    }

    public CredentialSource source() {
        return source;
    }

    /// Opens the key, reads and checks the certificate, and tries both with a signature. Reports
    /// all problems together; the key of a rejected credential is closed again.
    public CredentialLoadResult load() {
        CredentialSource from = source;
        CredentialFindings findings = new CredentialFindings(profile.strict());
        Optional<DelegateCertificate> delegate =
                from.certificate().flatMap(file -> readDelegate(file, findings));
        boolean direct = from.certificate().isEmpty();
        Optional<SigningKey> key = openKey(from, certifiedKey(direct, delegate), findings);
        List<CredentialFinding> all = new ArrayList<>(findings.list());
        all.addAll(
                CredentialLint.examine(
                        new CredentialLint.Candidate(issuers, direct, delegate, key, profile),
                        clock.instant()));
        if (key.isEmpty() || hasError(all)) {
            key.ifPresent(SigningKey::close);
            return new CredentialLoadResult.Refused(all);
        }
        return prove(new ResponderCredential(issuers, delegate, key.get(), profile), all);
    }

    /// Current warnings of certificates that expire soon.
    public List<CredentialFinding> endings(ResponderCredential credential) {
        return CredentialLint.endings(credential, source.warnBefore(), clock.instant());
    }

    /// The files whose change requires a reload; includes those of passphrases and PINs, so that a
    /// wrong one is corrected without a restart.
    public List<Path> files() {
        List<Path> files = new ArrayList<>();
        source.certificate().ifPresent(files::add);
        switch (source.key().source()) {
            case KeySource.Pkcs12 pkcs12 -> {
                files.add(pkcs12.file());
                addFile(files, pkcs12.password());
            }
            case KeySource.Pem pem -> {
                files.add(pem.file());
                pem.passphrase().ifPresent(secret -> addFile(files, secret));
            }
            case KeySource.Pkcs11 token -> addFile(files, token.pin());
        }
        return List.copyOf(files);
    }

    private static void addFile(List<Path> files, SecretSource secret) {
        if (secret instanceof SecretSource.FromFile(Path path)) {
            files.add(path);
        }
    }

    private CredentialLoadResult prove(
            ResponderCredential credential, List<CredentialFinding> warnings) {
        CredentialFindings findings = new CredentialFindings(profile.strict());
        KeyPairCheck.examine(credential, findings);
        List<CredentialFinding> all = new ArrayList<>(warnings);
        all.addAll(findings.list());
        if (hasError(all)) {
            credential.key().close();
            return new CredentialLoadResult.Refused(all);
        }
        all.addAll(endings(credential));
        return new CredentialLoadResult.Ready(credential, all);
    }

    private static Optional<DelegateCertificate> readDelegate(
            Path file, CredentialFindings findings) {
        try {
            return Optional.of(DelegateCertificate.parse(CertificateFile.readAll(file).getFirst()));
        } catch (InvalidCertificateException e) {
            findings.error(
                    "RP-09",
                    "the delegate's certificate %s: %s".formatted(file, e.getMessage()),
                    "name a file with the delegate's certificate, PEM or DER");
            return Optional.empty();
        }
    }

    /// The certified public key, for a token that does not reveal its own. A certificate that
    /// cannot be read is reported separately.
    private Optional<PublicKey> certifiedKey(
            boolean direct, Optional<DelegateCertificate> delegate) {
        try {
            return direct
                    ? Optional.of(issuers.getFirst().publicKey())
                    : delegate.isEmpty()
                            ? Optional.empty()
                            : Optional.of(
                                    IssuerCertificate.parse(delegate.get().der()).publicKey());
        } catch (InvalidCertificateException _) {
            return Optional.empty();
        }
    }

    private Optional<SigningKey> openKey(
            CredentialSource from, Optional<PublicKey> certified, CredentialFindings findings) {
        try {
            return Optional.of(keys.open(from.key(), certified));
        } catch (SigningKeyException e) {
            findings.error(
                    "KP-01",
                    "the key cannot be opened: " + e.getMessage(),
                    "make the key available as configured");
            return Optional.empty();
        }
    }

    private static boolean hasError(List<CredentialFinding> findings) {
        return findings.stream().anyMatch(CredentialFinding::isError);
    }

    /// Opens keys; separates a credential from the kinds of key storage.
    @FunctionalInterface
    public interface KeyOpener {
        /// @param certified the public key of the associated certificate, if that is readable
        /// @throws SigningKeyException if the key cannot be opened; the message gives the cause and
        ///   the remedy
        SigningKey open(KeyConfig config, Optional<PublicKey> certified) throws SigningKeyException;
    }
}
