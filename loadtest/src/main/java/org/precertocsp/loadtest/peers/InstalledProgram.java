package org.precertocsp.loadtest.peers;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A program installed on this machine.
public record InstalledProgram(Path file) {
    private static final List<String> MORE_FOLDERS = List.of("/usr/sbin", "/usr/local/sbin");
    private static final long VERSION_SECONDS = 20;

    /// Searches PATH, and the directories where Debian installs servers.
    public static Optional<InstalledProgram> find(String name) {
        List<String> folders = new ArrayList<>();
        String path = System.getenv("PATH");
        if (path != null) {
            folders.addAll(List.of(path.split(File.pathSeparator)));
        }
        folders.addAll(MORE_FOLDERS);
        return folders.stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name).toAbsolutePath())
                .filter(Files::isExecutable)
                .findFirst()
                .map(InstalledProgram::new);
    }

    /// The first line it prints, such as its version; the error otherwise.
    public String firstLine(String... arguments) {
        List<String> words = new ArrayList<>(List.of(file.toString()));
        words.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            byte[] text = process.getInputStream().readAllBytes();
            if (!process.waitFor(VERSION_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            return new String(text, StandardCharsets.UTF_8).lines().findFirst().orElse("").strip();
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
