package org.precertocsp.responder.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.SoftHsm;
import org.precertocsp.TestCa;

/// A server whose key lives on a token that dies and comes back.
final class Pkcs11IT {
    private static final int ATTEMPTS = 600;

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "P-256"})
    @Requirement({"KP-01", "KP-02", "RC-01"})
    void token_may_vanish_and_come_back_without_a_restart_or_a_wrong_answer(String kind)
            throws Exception {
        KeyPair keys = kind.equals("RSA") ? TestCa.rsa(2048) : TestCa.p256();
        SoftHsm hsm =
                SoftHsm.in(directory.resolve("hsm"))
                        .withToken("ocsp")
                        .withImported("ocsp", keys.getPrivate(), "responder", "a1");
        TestIssuer issuer = issuer(keys);

        try (Distribution.Server _ = issuer.serve(hsm.environment())) {
            assertThat(issuer.openssl("leaf.pem"))
                    .contains("Response verify OK")
                    .contains("leaf.pem: good");

            hsm.vanish();
            assertThat(until(said -> said.contains("trylater"), () -> issuer.openssl("leaf.pem")))
                    .contains("trylater (3)")
                    .doesNotContain(": good");
            assertThat(until("503"::equals, () -> readiness(issuer))).isEqualTo("503");

            hsm.comeBack();
            assertThat(
                            until(
                                    said -> said.contains("Response verify OK"),
                                    () -> issuer.openssl("leaf.pem")))
                    .contains("leaf.pem: good");
            assertThat(until("200"::equals, () -> readiness(issuer))).isEqualTo("200");
        }
    }

    private TestIssuer issuer(KeyPair keys) throws Exception {
        TestIssuer issuer = new TestIssuer(directory);
        issuer.signEachAnswer();
        issuer.write("responder.pem", issuer.ca.delegate(keys));
        issuer.write("leaf.pem", issuer.issue(0x1ea5ed));
        Files.delete(directory.resolve("responder.key"));
        Files.writeString(directory.resolve("pin"), SoftHsm.PIN + "\n");
        issuer.useKey(
                "{pkcs11: {library: %s, token: ocsp, label: responder, pin: {file: pin}}}"
                        .formatted(SoftHsm.library()));
        issuer.load("certificates", "leaf.pem").exits(0);
        return issuer;
    }

    private String readiness(TestIssuer issuer) {
        return Command.run(
                        directory,
                        "curl",
                        "-s",
                        "-o",
                        "/dev/null",
                        "-w",
                        "%{http_code}",
                        "http://127.0.0.1:" + issuer.healthPort + "/readyz")
                .output();
    }

    private static String until(Predicate<String> wanted, Supplier<String> ask)
            throws InterruptedException {
        String said = ask.get();
        for (int attempt = 0; attempt < ATTEMPTS && !wanted.test(said); attempt++) {
            TimeUnit.MILLISECONDS.sleep(100);
            said = ask.get();
        }
        return said;
    }
}
