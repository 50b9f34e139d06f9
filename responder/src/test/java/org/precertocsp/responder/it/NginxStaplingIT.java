package org.precertocsp.responder.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.FreePort;
import org.precertocsp.RequiredTools;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;

/// A web server that staples our answers after verifying them itself.
final class NginxStaplingIT {
    private static final int ATTEMPTS = 240;

    @TempDir Path directory;

    @Test
    @Requirement("HT-21")
    void nginx_verifies_and_staples_our_response() throws Exception {
        TestIssuer issuer = new TestIssuer(directory);
        KeyPair keys = TestCa.p256();
        X509CertificateHolder leaf =
                issuer.ca.issue(
                        BigInteger.valueOf(0x5ca1ab1e),
                        keys,
                        builder ->
                                builder.addExtension(
                                        Extension.authorityInfoAccess,
                                        false,
                                        responder(issuer.url())));
        issuer.write("leaf.pem", leaf);
        issuer.load("certificates", "leaf.pem").exits(0);
        int tlsPort = FreePort.next();
        writeNginx(issuer, keys, tlsPort);

        try (Distribution.Server _ = issuer.serve()) {
            Process nginx = startNginx();
            try {
                assertThat(stapled(tlsPort))
                        .contains("OCSP Response Status: successful")
                        .contains("Cert Status: good");
            } finally {
                nginx.destroy();
                assertThat(nginx.waitFor(10, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    private static AuthorityInformationAccess responder(String url) {
        return new AuthorityInformationAccess(
                AccessDescription.id_ad_ocsp,
                new GeneralName(GeneralName.uniformResourceIdentifier, url));
    }

    private void writeNginx(TestIssuer issuer, KeyPair keys, int tlsPort) throws IOException {
        Files.writeString(
                directory.resolve("leaf.key"),
                TestCa.pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        Files.writeString(
                directory.resolve("chain.pem"),
                Files.readString(directory.resolve("leaf.pem"))
                        + Files.readString(directory.resolve("issuer.pem")));
        Files.writeString(
                directory.resolve("trusted.pem"),
                Files.readString(directory.resolve("issuer.pem"))
                        + Files.readString(directory.resolve("root.pem")));
        Files.writeString(
                directory.resolve("nginx.conf"),
                """
                daemon off;
                master_process off;
                pid nginx.pid;
                error_log nginx.log info;
                events { worker_connections 64; }
                http {
                  access_log off;
                  client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp;
                  uwsgi_temp_path temp; scgi_temp_path temp;
                  server {
                    listen 127.0.0.1:%d ssl;
                    ssl_certificate chain.pem;
                    ssl_certificate_key leaf.key;
                    ssl_trusted_certificate trusted.pem;
                    ssl_stapling on;
                    ssl_stapling_verify on;
                    ssl_stapling_responder %s/;
                  }
                }
                """
                        .formatted(tlsPort, issuer.url()));
    }

    private Process startNginx() throws IOException {
        return new ProcessBuilder(
                        RequiredTools.program("nginx").toString(),
                        "-p",
                        directory + "/",
                        "-c",
                        "nginx.conf")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("nginx.out").toFile())
                .start();
    }

    /// The first handshake only makes nginx fetch the response, so ask until it is stapled.
    private String stapled(int tlsPort) throws InterruptedException {
        String said = "";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            said =
                    Command.run(
                                    directory,
                                    "openssl",
                                    "s_client",
                                    "-connect",
                                    "127.0.0.1:" + tlsPort,
                                    "-status",
                                    "-CAfile",
                                    "root.pem")
                            .output();
            if (said.contains("OCSP Response Status")) {
                return said;
            }
            TimeUnit.MILLISECONDS.sleep(250);
        }
        return said;
    }
}
