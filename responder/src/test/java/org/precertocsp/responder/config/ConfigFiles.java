package org.precertocsp.responder.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.precertocsp.TestCa;

/// A folder with every file a configuration of the tests names.
final class ConfigFiles {
    /// Configures as little as can be; problems are looked for in variations of it.
    static final String SMALLEST =
            """
            store:
              directory: store
            issuers:
              - name: alpha
                certificates: [alpha.pem]
                profile: tls
            """;

    /// What a `responder` section of an issuer may begin with.
    static final String RESPONDER =
            SMALLEST
                    + """
                          responder:
                            key:
                      """;

    private final Path folder;

    ConfigFiles(Path folder) throws IOException {
        this.folder = folder;
        TestCa root = TestCa.root("Root");
        TestCa alpha = root.subordinate("Alpha");
        TestCa beta = root.subordinate("Beta");
        TestCa.write(folder.resolve("alpha.pem"), alpha.holder());
        Files.write(folder.resolve("alpha.der"), TestCa.encoded(alpha.holder()));
        TestCa other = TestCa.root("Other Root");
        TestCa.write(
                folder.resolve("alpha-cross.pem"),
                other.subordinate("Alpha", alpha.keys()).holder());
        TestCa.write(folder.resolve("beta.pem"), beta.holder());
        TestCa.write(folder.resolve("delegate.pem"), alpha.delegate(TestCa.p256()));
        Files.writeString(
                folder.resolve("chain.pem"),
                Files.readString(folder.resolve("alpha.pem"))
                        + Files.readString(folder.resolve("beta.pem")));
        Files.writeString(folder.resolve("text.pem"), "no certificate at all");
        Files.writeString(
                folder.resolve("broken.pem"),
                "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
        for (String name : new String[] {"a.pub", "b.pub", "fra1.pub"}) {
            writeNodeKey(folder.resolve(name));
        }
        for (String name : new String[] {"key.pem", "key.p12", "pin.txt", "module.so"}) {
            Files.writeString(folder.resolve(name), "opened later");
        }
    }

    /// Writes the public key of a cluster's node.
    static void writeNodeKey(Path file) throws IOException {
        try {
            byte[] info =
                    KeyPairGenerator.getInstance("Ed25519")
                            .generateKeyPair()
                            .getPublic()
                            .getEncoded();
            Files.writeString(
                    file,
                    "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
                            .formatted(Base64.getEncoder().encodeToString(info)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has Ed25519", e);
        }
    }

    Path folder() {
        return folder;
    }

    Path file() {
        return folder.resolve("precert-ocsp.yaml");
    }

    ServerConfig read(String yaml) throws IOException, ConfigException {
        return ConfigReader.read(Files.writeString(file(), yaml));
    }
}
