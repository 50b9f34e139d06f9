package org.precertocsp.responder.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;

/// Makes a root, an issuing CA, its Precertificate Signing Certificate and delegate, and one
/// certificate or precertificate for each story the demonstration tells.
final class DemoPki {
    private static final Duration DECADE = Duration.ofDays(3_650);
    private static final Duration QUARTER = Duration.ofDays(90);

    private final DemoFiles files;
    private final String responderUrl;
    private final Instant now;

    DemoPki(DemoFiles files, String responderUrl, Instant now) {
        this.files = files;
        this.responderUrl = responderUrl;
        this.now = now;
    }

    void create() throws IOException {
        Files.createDirectories(files.directory());
        X500Name issuerName = name("precert-ocsp demo issuing CA");
        DemoAuthority root = authority(name("precert-ocsp demo root"), DECADE);
        files.write("root.pem", root.issue(root.name(), root.keys(), DemoExtensions.authority()));

        DemoAuthority issuer = authority(issuerName, QUARTER);
        files.write(
                "issuer.pem", root.issue(issuerName, issuer.keys(), DemoExtensions.authority()));
        files.writeKey("issuer.key", issuer.keys());
        writeResponder(issuer);
        writeLeaves(issuer);
        writeSignedByPrecertificateSigner(issuer);
    }

    private void writeResponder(DemoAuthority issuer) throws IOException {
        KeyPair keys = DemoAuthority.newKeys();
        files.writeKey("responder.key", keys);
        files.write(
                "responder.pem",
                issuer.issue(
                        name("precert-ocsp demo responder"), keys, DemoExtensions.responder()));
    }

    private void writeLeaves(DemoAuthority issuer) throws IOException {
        files.write("issued.pem", leaf(issuer, "issued.example"));
        X509CertificateHolder revoked = leaf(issuer, "revoked.example");
        files.write("revoked.pem", revoked);
        files.write("revocations.crl", issuer.revoke(revoked));
        files.write("precertificate.pem", precertificate(issuer, "precertificate.example"));
    }

    /// The Precertificate Signing Certificate bears the issuing CA's own name, as RFC 6962 allows:
    /// then clients that build a CertID from the precertificate's issuer field find the final CA.
    private void writeSignedByPrecertificateSigner(DemoAuthority issuer) throws IOException {
        DemoAuthority signer = authority(issuer.name(), QUARTER);
        files.write(
                "precertificate-signing.pem",
                issuer.issue(signer.name(), signer.keys(), DemoExtensions.precertificateSigning()));
        files.write("psc-precertificate.pem", precertificate(signer, "psc.example"));
    }

    private X509CertificateHolder leaf(DemoAuthority issuer, String host) {
        return issuer.issue(
                subject(host), DemoAuthority.newKeys(), DemoExtensions.server(host, responderUrl));
    }

    private X509CertificateHolder precertificate(DemoAuthority issuer, String host) {
        return issuer.issue(
                subject(host),
                DemoAuthority.newKeys(),
                DemoExtensions.poisoned(host, responderUrl));
    }

    private DemoAuthority authority(X500Name name, Duration validity) {
        return new DemoAuthority(name, DemoAuthority.newKeys(), now, validity);
    }

    private static X500Name name(String commonName) {
        return new X500Name("C=ZZ,O=precert-ocsp,CN=" + commonName);
    }

    private static X500Name subject(String host) {
        return new X500Name("CN=" + host);
    }
}
