package org.precertocsp.loadtest.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// Which state of the sources a build is of.
public final class Commit {
    private static final String UNKNOWN = "unknown";

    private Commit() {}

    /// Asks git; `-dirty` follows where files were changed since. `unknown` outside of a tree.
    public static String around(Path place) {
        List<String> command =
                List.of(
                        "git",
                        "-C",
                        String.valueOf(place.toAbsolutePath().getParent()),
                        "describe",
                        "--always",
                        "--dirty",
                        "--exclude=*");
        try {
            Process git =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            git.getOutputStream().close();
            String said =
                    new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor() == 0 && !said.isEmpty() ? said : UNKNOWN;
        } catch (IOException e) {
            return UNKNOWN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return UNKNOWN;
        }
    }
}
