package org.precertocsp.signer.key;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The characters of a secret, wiped when closed; never converted to a String, unless they come
/// from an environment variable, which is one.
final class SecretChars implements AutoCloseable {
    private static final int MAX_BYTES = 4096;
    private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final char[] characters;

    private SecretChars(char[] characters) {
        this.characters = characters;
    }

    /// Reads the secret again, so that a changed file takes effect at the next opening.
    static SecretChars read(SecretSource secret) throws SigningKeyException {
        return read(secret, System::getenv);
    }

    static SecretChars read(SecretSource secret, Function<String, @Nullable String> environment)
            throws SigningKeyException {
        return switch (secret) {
            case SecretSource.FromFile(Path path) -> new SecretChars(firstLine(path));
            case SecretSource.FromEnvironment(String name) -> {
                String value = environment.apply(name);
                if (value == null) {
                    throw new SigningKeyException(name(secret) + " is not set", null);
                }
                yield new SecretChars(value.toCharArray());
            }
        };
    }

    /// Identifies the secret without its value.
    static String name(SecretSource secret) {
        return switch (secret) {
            case SecretSource.FromFile(Path path) -> "the secret in file " + path;
            case SecretSource.FromEnvironment(String name) -> "the environment variable " + name;
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

    private static char[] firstLine(Path path) throws SigningKeyException {
        byte[] content = SecretFileReader.read(path, MAX_BYTES);
        try {
            // Windows editors put a byte order mark before UTF-8; as part of a PIN it would waste
            // an attempt.
            int start = startsWithMark(content) ? MARK.length : 0;
            int end = start;
            while (end < content.length && content[end] != '\n' && content[end] != '\r') {
                end++;
            }
            if (content.length == 0) {
                throw new SigningKeyException("the secret file " + path + " is empty", null);
            }
            return decoded(content, start, end);
        } catch (IOException e) {
            throw new SigningKeyException("the secret file " + path + " is not UTF-8 text", e);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private static boolean startsWithMark(byte[] content) {
        return content.length >= MARK.length
                && Arrays.equals(content, 0, MARK.length, MARK, 0, MARK.length);
    }

    private static char[] decoded(byte[] content, int start, int end) throws IOException {
        CharBuffer buffer =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(content, start, end - start));
        char[] characters = new char[buffer.remaining()];
        buffer.get(characters);
        Arrays.fill(buffer.array(), '\0');
        return characters;
    }
}
