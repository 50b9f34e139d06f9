package org.precertocsp.responder.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `openssl ocsp` in a folder with `issuer.pem` and `root.pem`.
record OpenSsl(Path directory) {
    /// Asks a server and verifies what it answers.
    ///
    /// @param more such as `-cert` and a file
    /// @return everything it printed
    String ask(String url, String... more) {
        return run(List.of("-url", url, "-CAfile", "root.pem"), more);
    }

    /// Writes a request to a file, without a nonce.
    void writeRequest(String file, String... more) {
        run(List.of("-no_nonce", "-reqout", file), more);
    }

    /// Verifies a response in a file.
    String verify(String file, String... more) {
        return run(List.of("-respin", file, "-CAfile", "root.pem", "-no_nonce"), more);
    }

    private String run(List<String> words, String... more) {
        List<String> all = new ArrayList<>(List.of("openssl", "ocsp", "-issuer", "issuer.pem"));
        all.addAll(List.of(more));
        all.addAll(words);
        return new Command(directory, Map.of(), all).run().output();
    }
}
