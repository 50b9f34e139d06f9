package org.precertocsp.signer.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/// Key files that did not open. The same rules are proven on files of our own in
/// [Pkcs12KeyFileTest] and [SoftwareKeyTest].
@EnabledIfEnvironmentVariable(
        named = "PRECERT_OCSP_VECTORS",
        matches = ".+",
        disabledReason = "the directory of test vectors is not named")
final class KeyCasesTest {
    private static final Path CASES =
            Path.of(System.getenv().getOrDefault("PRECERT_OCSP_VECTORS", "")).resolve("../cases");

    @TempDir Path directory;

    @Test
    void pkcs12_whose_digest_has_no_parameters_opens() throws Exception {
        KeyFiles files = new KeyFiles(directory);

        KeyFiles.assertSigns(
                KeyFiles.config(
                        files.pkcs12(CASES.resolve("macnonull.p12"), "geheim", Optional.empty())));
    }

    @Test
    void indented_pem_opens() throws Exception {
        try (SigningKey key =
                KeyFiles.open(KeyFiles.config(KeyFiles.pem(CASES.resolve("indent.key"))))) {
            assertThat(key.publicKey().getAlgorithm()).startsWith("EC");
        }
    }
}
