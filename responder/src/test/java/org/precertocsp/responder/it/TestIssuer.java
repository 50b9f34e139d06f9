package org.precertocsp.responder.it;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bouncycastle.cert.X509CertificateHolder;
import org.precertocsp.FreePort;
import org.precertocsp.TestCa;

/// A folder with a CA, its delegate and a configuration, for a server of its own.
final class TestIssuer {
    final Path directory;
    final TestCa root = TestCa.root("Test Root");
    final TestCa ca = root.subordinate("Test Issuing CA");
    final int port = FreePort.next();
    final int healthPort = FreePort.next();

    private String key = "{pem: {file: responder.key}}";
    private String answers = "{}";
    private String presign = "asked";
    private String watch = "{}";

    TestIssuer(Path directory) throws IOException {
        this.directory = directory;
        TestCa.write(directory.resolve("root.pem"), root.holder());
        TestCa.write(directory.resolve("issuer.pem"), ca.holder());
        delegate(TestCa.p256());
    }

    /// Gives the delegate a key of its own in a PEM file.
    void delegate(KeyPair keys) throws IOException {
        Files.writeString(
                directory.resolve("responder.key"),
                TestCa.pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        TestCa.write(directory.resolve("responder.pem"), ca.delegate(keys));
    }

    /// Replaces the `key:` mapping of the configuration.
    void useKey(String yaml) {
        key = yaml;
    }

    /// Has each answer signed when it is asked for, so that what the key does is seen at once.
    void signEachAnswer() {
        presign = "none";
        answers = "{cache: 0B}";
    }

    /// Replaces the `answers:` mapping of the configuration.
    void useAnswers(String yaml) {
        answers = yaml;
    }

    /// Replaces the `watch:` mapping of the configuration.
    void useWatch(String yaml) {
        watch = yaml;
    }

    Path write(String name, X509CertificateHolder certificate) throws IOException {
        return TestCa.write(directory.resolve(name), certificate);
    }

    X509CertificateHolder issue(long serial) {
        return ca.issue(BigInteger.valueOf(serial));
    }

    Path configuration() throws IOException {
        return Files.writeString(
                directory.resolve("precert-ocsp.yaml"),
                """
                store: {directory: store}
                spool: {directory: spool, poll: 100ms}
                http: {listen: ["127.0.0.1:%d"]}
                admin: {listen: "127.0.0.1:%d"}
                answers: %s
                watch: %s
                issuers:
                  - name: test
                    certificates: [issuer.pem]
                    profile: tls
                    presign: %s
                    responder:
                      certificate: responder.pem
                      key: %s
                """
                        .formatted(port, healthPort, answers, watch, presign, key));
    }

    Command.Result load(String kind, String... arguments) throws IOException {
        configuration();
        String[] words = new String[arguments.length + 4];
        words[0] = "load";
        words[1] = kind;
        words[2] = "-c";
        words[3] = "precert-ocsp.yaml";
        System.arraycopy(arguments, 0, words, 4, arguments.length);
        return Distribution.run(directory, words);
    }

    Distribution.Server serve(Map<String, String> environment) throws IOException {
        configuration();
        return Distribution.start(directory, environment, "serve", "-c", "precert-ocsp.yaml");
    }

    Distribution.Server serve() throws IOException {
        return serve(Map.of());
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /// What `openssl ocsp` says of one certificate.
    String openssl(String certificate, String... more) {
        List<String> words = new ArrayList<>(List.of("-cert", certificate, "-no_nonce"));
        words.addAll(List.of(more));
        return new OpenSsl(directory).ask(url(), words.toArray(String[]::new));
    }
}
