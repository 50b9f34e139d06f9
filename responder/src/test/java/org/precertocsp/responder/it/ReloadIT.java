package org.precertocsp.responder.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;

/// A delegate is replaced while clients ask.
final class ReloadIT {
    private static final int ATTEMPTS = 600;

    @TempDir Path directory;
    private TestIssuer issuer;
    private final AtomicReference<String> firstFailure = new AtomicReference<>("");

    @BeforeEach
    void load() throws IOException {
        issuer = new TestIssuer(directory);
        issuer.signEachAnswer();
        issuer.write("leaf.pem", issuer.issue(0x4e10ad));
        issuer.load("certificates", "leaf.pem").exits(0);
        new OpenSsl(directory).writeRequest("leaf.ocsp", "-cert", "leaf.pem");
    }

    @Test
    @Requirement({"RC-02", "RP-09", "TF-09"})
    void changed_files_are_taken_up_without_losing_an_answer() throws Exception {
        try (Distribution.Server _ = issuer.serve()) {
            AtomicBoolean stop = new AtomicBoolean();
            Thread client = Thread.ofPlatform().start(() -> askUntil(stop));
            X509CertificateHolder fresh = replaceDelegate();

            assertThat(waitForSigner(fresh)).isTrue();
            stop.set(true);
            client.join();
            assertThat(firstFailure.get()).isEmpty();
        }
    }

    @Test
    @Requirement("RC-03")
    void refused_files_leave_the_old_delegate_in_office_and_sighup_tries_again() throws Exception {
        try (Distribution.Server server = issuer.serve()) {
            X509CertificateHolder old = signer();
            issuer.write("responder.pem", issuer.issue(0x4e10ae));
            awaitLogged(server, "stays");
            assertThat(signer()).isEqualTo(old);
            assertThat(Files.readString(server.log())).contains("RC-03");

            X509CertificateHolder fresh = replaceDelegate();
            Command.run(directory, "kill", "-HUP", Long.toString(server.process().pid()));
            assertThat(waitForSigner(fresh)).isTrue();
        }
    }

    private X509CertificateHolder replaceDelegate() throws IOException {
        KeyPair keys = TestCa.p256();
        X509CertificateHolder certificate = issuer.ca.delegate(keys);
        Files.writeString(
                directory.resolve("new.key"),
                TestCa.pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        issuer.write("new.pem", certificate);
        rename("new.key", "responder.key");
        rename("new.pem", "responder.pem");
        return certificate;
    }

    private void rename(String from, String to) throws IOException {
        Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void awaitLogged(Distribution.Server server, String text) throws Exception {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (Files.readString(server.log()).contains(text)) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new AssertionError("no '" + text + "' in " + Files.readString(server.log()));
    }

    private boolean waitForSigner(X509CertificateHolder wanted) throws Exception {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (signer().equals(wanted)) {
                return true;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return false;
    }

    private void askUntil(AtomicBoolean stop) {
        while (!stop.get()) {
            String said = issuer.openssl("leaf.pem");
            if (!said.contains("Response verify OK") || !said.contains(": good")) {
                firstFailure.compareAndSet("", said);
            }
        }
    }

    private X509CertificateHolder signer() throws Exception {
        Command.run(
                directory,
                "curl",
                "-s",
                "--data-binary",
                "@leaf.ocsp",
                "-H",
                "Content-Type: application/ocsp-request",
                "-o",
                "signed.der",
                issuer.url());
        OCSPResp response = new OCSPResp(Files.readAllBytes(directory.resolve("signed.der")));
        return ((BasicOCSPResp) response.getResponseObject()).getCerts()[0];
    }
}
