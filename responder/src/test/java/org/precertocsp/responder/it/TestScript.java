package org.precertocsp.responder.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Shell scripts beside these tests.
final class TestScript {
    private TestScript() {}

    /// Writes one where a shell finds it.
    static Path write(Path directory, String name) throws IOException {
        try (InputStream script = TestScript.class.getResourceAsStream(name)) {
            if (script == null) {
                throw new IllegalStateException(name + " is not beside " + TestScript.class);
            }
            Path file = directory.resolve(name);
            Files.copy(script, file);
            return file;
        }
    }
}
