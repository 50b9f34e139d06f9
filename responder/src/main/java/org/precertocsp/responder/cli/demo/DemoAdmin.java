package org.precertocsp.responder.cli.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;

/// The demonstration's private API: a CA of its own for server and clients, and one client for each
/// role. It also writes the configuration with which `openssl ca` issues from the demonstration's
/// CA.
final class DemoAdmin {
    static final List<String> ROLES = List.of("issuer", "revoker", "viewer", "operator");

    /// Browsers do not take a file without one.
    private static final String PASSWORD = "demo";

    private static final Duration QUARTER = Duration.ofDays(90);

    private final DemoFiles files;
    private final int port;

    DemoAdmin(DemoFiles files, int port) {
        this.files = files;
        this.port = port;
    }

    /// Makes what is not there yet.
    void create(Instant now) throws IOException {
        if (Files.exists(files.in("admin-ca.pem"))) {
            return;
        }
        DemoAuthority authority =
                new DemoAuthority(
                        name("precert-ocsp demo admin CA"), DemoAuthority.newKeys(), now, QUARTER);
        KeyPair server = DemoAuthority.newKeys();
        files.writeKey("admin.key", server);
        files.write("admin.pem", authority.issue(name("localhost"), server, DemoExtensions.api()));
        for (String role : ROLES) {
            KeyPair keys = DemoAuthority.newKeys();
            files.writeKey("client-" + role + ".key", keys);
            X509CertificateHolder certificate =
                    authority.issue(name("demo-" + role), keys, DemoExtensions.client());
            files.write("client-" + role + ".pem", certificate);
            files.writePkcs12("client-" + role + ".p12", PASSWORD, keys, certificate);
        }
        for (String index : List.of("precertificates.txt", "certificates.txt")) {
            Files.writeString(files.in(index), "");
        }
        Files.writeString(files.in("ca.cnf"), ISSUING);
        // Last: without it, all is made anew.
        files.write(
                "admin-ca.pem",
                authority.issue(authority.name(), authority.keys(), DemoExtensions.authority()));
    }

    /// The section of the configuration.
    String configuration() {
        StringBuilder text =
                new StringBuilder(
                        """
                        admin:
                          listen: 127.0.0.1:0
                          api:
                            listen: 127.0.0.1:%d
                            certificate: admin.pem
                            key: admin.key
                            clients:
                        """
                                .formatted(port));
        for (String role : ROLES) {
            text.append(
                    "      - {role: %s, ca: admin-ca.pem, subject: \"%s\"}\n"
                            .formatted(role, subject("demo-" + role)));
        }
        return text.toString();
    }

    /// As [#configuration], for all local users.
    String plainConfiguration() {
        return """
        admin:
          listen: 127.0.0.1:0
          api:
            listen: 127.0.0.1:%d
            plain: true
            role: operator
        """
                .formatted(port);
    }

    void printPlain(PrintWriter out) {
        out.printf("  # the console, for your browser%n  http://127.0.0.1:%d/%n%n", port);
        out.flush();
    }

    void print(PrintWriter out) {
        String curl =
                "curl -s --cacert admin-ca.pem --cert client-%s.pem --key client-%s.key"
                        + " https://127.0.0.1:"
                        + port
                        + "/v1/";
        out.printf(
                """
                  # the private API: announce a serial (now answered "trylater"), take it back
                  %sannouncements -H 'Content-Type: application/json' -d '{"issuer": "demo", "serial": "2a"}'
                  %scancellations -H 'Content-Type: application/json' -d '{"issuer": "demo", "serial": "2a"}'

                  # revoke the issued certificate
                  %srevocations -H 'Content-Type: application/json' -d "{\\"issuer\\": \\"demo\\", \\"reason\\": \\"superseded\\", \\"serial\\": \\"$(openssl x509 -in issued.pem -noout -serial | cut -d= -f2)\\"}"

                  # what is known of it, and what else there is; a client without a certificate is rejected
                  %sissuers/demo/serials/$(openssl x509 -in issued.pem -noout -serial | cut -d= -f2)
                  %sopenapi.json

                  # the console: have your browser import client-operator.p12 (password %s) and trust admin-ca.pem
                  https://127.0.0.1:%d/

                """,
                as(curl, "issuer"),
                as(curl, "issuer"),
                as(curl, "revoker"),
                as(curl, "viewer"),
                as(curl, "viewer"),
                PASSWORD,
                port);
        out.flush();
    }

    private static String as(String curl, String role) {
        return curl.formatted(role, role);
    }

    private static X500Name name(String commonName) {
        return new X500Name("C=ZZ,O=precert-ocsp,CN=" + commonName);
    }

    /// As RFC 2253 has it, the last part first.
    private static String subject(String commonName) {
        return "CN=" + commonName + ",O=precert-ocsp,C=ZZ";
    }

    /// Precertificate and certificate carry one serial, so `openssl ca` keeps an index for each.
    private static final String ISSUING =
            """
            # For `openssl ca`, written by `precert-ocsp demo --admin`.
            [precertificate]
            database = precertificates.txt
            x509_extensions = poisoned

            [certificate]
            database = certificates.txt
            x509_extensions = usual

            [default]
            certificate = issuer.pem
            private_key = issuer.key
            new_certs_dir = .
            serial = serial.txt
            default_md = sha256
            policy = any_name
            unique_subject = no
            email_in_dn = no

            [any_name]
            commonName = supplied

            [usual]
            subjectKeyIdentifier = hash
            authorityKeyIdentifier = keyid
            keyUsage = critical, digitalSignature
            extendedKeyUsage = serverAuth
            subjectAltName = DNS:new.example

            [poisoned]
            subjectKeyIdentifier = hash
            authorityKeyIdentifier = keyid
            keyUsage = critical, digitalSignature
            extendedKeyUsage = serverAuth
            subjectAltName = DNS:new.example
            1.3.6.1.4.1.11129.2.4.3 = critical, ASN1:NULL
            """;
}
