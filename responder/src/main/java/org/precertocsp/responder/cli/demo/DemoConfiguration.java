package org.precertocsp.responder.cli.demo;

import java.io.IOException;
import java.nio.file.Files;

/// The demonstration's configuration: small, and like a real one.
final class DemoConfiguration {
    private DemoConfiguration() {}

    static void write(DemoFiles files, int port) throws IOException {
        Files.writeString(files.configuration(), text(port));
    }

    private static String text(int port) {
        return """
               # Written by `precert-ocsp demo`; `precert-ocsp config sample` explains every key.
               store: {directory: store}
               spool: {directory: spool, poll: 200ms}
               http: {listen: ["127.0.0.1:%d"]}
               issuers:
                 - name: demo
                   certificates: [issuer.pem]
                   precertificateSigning: [precertificate-signing.pem]
                   profile: tls
                   responder:
                     certificate: responder.pem
                     key: {pem: {file: responder.key}}
               """
                .formatted(port);
    }
}
