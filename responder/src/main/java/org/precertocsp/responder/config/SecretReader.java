package org.precertocsp.responder.config;

import java.util.Optional;
import org.precertocsp.signer.key.SecretSource;

/// Keys whose value is a secret. A secret in the configuration itself would be read by everyone who
/// sees the file, copied into backups and printed in support requests, so the file only says where
/// the secret is.
final class SecretReader {
    /// Replaces a secret that is absent or wrong, in a configuration that is rejected.
    private static final SecretSource NO_SECRET = new SecretSource.FromEnvironment("");

    private final FileParsers files;

    SecretReader(FileParsers files) {
        this.files = files;
    }

    SecretSource required(ConfigSection section, String key) {
        if (!section.has(key)) {
            section.problem(key, "is missing: " + remedy(key));
        }
        return optional(section, key).orElse(NO_SECRET);
    }

    Optional<SecretSource> optional(ConfigSection section, String key) {
        if (section.holdsValue(key)) {
            section.problem(key, "is never written into this file: " + remedy(key));
            return Optional.empty();
        }
        return section.optionalSection(key, this::place);
    }

    static void exactlyOne(ConfigSection section, String one, String other) {
        if (section.has(one) == section.has(other)) {
            section.problem("needs exactly one of %s and %s".formatted(one, other));
        }
    }

    private static String remedy(String key) {
        return "write %s: {file: PATH} or %s: {environment: NAME}".formatted(key, key);
    }

    private SecretSource place(ConfigSection secret) {
        Optional<SecretSource> file =
                secret.optional("file", files.file()).map(SecretSource.FromFile::new);
        Optional<SecretSource> variable =
                secret.optional("environment", ValueParsers.variable())
                        .map(SecretSource.FromEnvironment::new);
        exactlyOne(secret, "file", "environment");
        return file.or(() -> variable).orElse(NO_SECRET);
    }
}
