package org.precertocsp.signer.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretCharsTest {
    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"pä ss", "pä ss\n", "pä ss\r\n", "pä ss\nsecond line\n"})
    void file_gives_its_first_line_without_line_end(String content) throws Exception {
        Path file = Files.writeString(directory.resolve("secret"), content);

        assertThat(text(new SecretSource.FromFile(file))).isEqualTo("pä ss");
    }

    @Test
    void empty_line_is_an_empty_secret_but_an_empty_file_is_a_mistake() throws Exception {
        Path line = Files.writeString(directory.resolve("line"), "\n");
        Path nothing = Files.writeString(directory.resolve("nothing"), "");

        assertThat(text(new SecretSource.FromFile(line))).isEmpty();
        assertThatThrownBy(() -> text(new SecretSource.FromFile(nothing)))
                .isInstanceOf(SigningKeyException.class)
                .hasMessageContaining("is empty");
    }

    /// As editors of Windows write it: three bytes more would be a wrong PIN, and cost a try.
    @Test
    void byte_order_mark_is_no_part_of_the_secret() throws Exception {
        Path file = Files.writeString(directory.resolve("mark"), "\ufeff1234\r\n");

        assertThat(text(new SecretSource.FromFile(file))).isEqualTo("1234");
        assertThat(new SecretSource.FromFile(file).text()).isEqualTo("1234");
    }

    @Test
    void huge_file_is_no_secret() throws Exception {
        Path file = Files.writeString(directory.resolve("huge"), "x".repeat(5000));

        assertThatThrownBy(() -> text(new SecretSource.FromFile(file)))
                .hasMessageContaining("larger than 4096 bytes");
    }

    @Test
    void environment_variable_must_be_set() throws Exception {
        assertThat(text(new SecretSource.FromEnvironment("OCSP_PIN"))).isEqualTo("1234");
        assertThatThrownBy(() -> text(new SecretSource.FromEnvironment("OCSP_PINN")))
                .isInstanceOf(SigningKeyException.class)
                .hasMessageContaining("OCSP_PINN is not set");
    }

    @Test
    void closing_wipes_the_characters() throws Exception {
        SecretChars secret = read(new SecretSource.FromEnvironment("OCSP_PIN"));
        char[] characters = secret.characters();
        secret.close();

        assertThat(characters).containsOnly('\0');
    }

    @Test
    void files_others_may_read_are_warned_of() throws IOException {
        Path open = withMode("key.pem", "rw-r-----");
        Path shut = withMode("passphrase", "rw-------");
        SecretSource passphrase = new SecretSource.FromFile(shut);

        assertThat(PrivateKeys.warnings(new KeySource.Pem(open, Optional.of(passphrase))))
                .singleElement()
                .asString()
                .contains(open.toString())
                .contains("group");
        assertThat(PrivateKeys.warnings(new KeySource.Pkcs12(shut, passphrase, Optional.empty())))
                .isEmpty();
    }

    private Path withMode(String name, String mode) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "x");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static String text(SecretSource secret) throws SigningKeyException {
        try (SecretChars text = read(secret)) {
            return new String(text.characters());
        }
    }

    private static SecretChars read(SecretSource secret) throws SigningKeyException {
        return SecretChars.read(secret, Map.of("OCSP_PIN", "1234")::get);
    }
}
