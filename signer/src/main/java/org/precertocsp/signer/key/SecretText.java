package org.precertocsp.signer.key;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The characters of a secret, wiped when closed; they never become a String of ours except where
/// the environment gave them as one.
final class SecretText implements AutoCloseable {
    private static final int MAX_OCTETS = 4096;

    private final char[] characters;

    private SecretText(char[] characters) {
        this.characters = characters;
    }

    /// Reads the secret afresh, so that a changed file counts at the next opening.
    static SecretText read(Secret secret) throws KeyFailure {
        return read(secret, System::getenv);
    }

    static SecretText read(Secret secret, Function<String, @Nullable String> environment)
            throws KeyFailure {
        return switch (secret) {
            case Secret.FromFile(Path path) -> new SecretText(firstLine(path));
            case Secret.FromEnvironment(String name) -> {
                String value = environment.apply(name);
                if (value == null) {
                    throw new KeyFailure(name(secret) + " is not set", null);
                }
                yield new SecretText(value.toCharArray());
            }
        };
    }

    /// Which secret it is, without its value.
    static String name(Secret secret) {
        return switch (secret) {
            case Secret.FromFile(Path path) -> "the secret in file " + path;
            case Secret.FromEnvironment(String name) -> "the environment variable " + name;
        };
    }

    /// Not a copy: closing wipes it.
    char[] characters() {
        return characters;
    }

    @Override
    public void close() {
        Arrays.fill(characters, '\0');
    }

    private static char[] firstLine(Path path) throws KeyFailure {
        byte[] content = BoundedFile.read(path, MAX_OCTETS);
        try {
            int end = 0;
            while (end < content.length && content[end] != '\n' && content[end] != '\r') {
                end++;
            }
            if (content.length == 0) {
                throw new KeyFailure("the secret file " + path + " is empty", null);
            }
            return decoded(content, end);
        } catch (IOException e) {
            throw new KeyFailure("the secret file " + path + " is not UTF-8 text", e);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private static char[] decoded(byte[] content, int end) throws IOException {
        CharBuffer buffer =
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content, 0, end));
        char[] characters = new char[buffer.remaining()];
        buffer.get(characters);
        Arrays.fill(buffer.array(), '\0');
        return characters;
    }
}
