package org.precertocsp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A library in C that a test loads or preloads, compiled by the test. Needs a C compiler.
public final class SharedLibrary {
    private SharedLibrary() {}

    /// @param source from the repository's root
    /// @param library is written
    /// @param linked libraries, such as `-ldl`
    /// @return the library
    public static Path compile(Path source, Path library, String... linked) throws IOException {
        Path compiler = RequiredTools.program("cc");
        RequiredTools.met(
                Files.exists(Path.of("/usr/include/dlfcn.h")),
                "the C library's headers are missing: apt-get install libc6-dev");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                compiler.toString(),
                                "-std=gnu11",
                                "-shared",
                                "-fPIC",
                                "-o",
                                library.toString(),
                                RequiredTools.inRepository(source).toString()));
        command.addAll(List.of(linked));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException("the C compiler rejects: " + output);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return library;
    }
}
