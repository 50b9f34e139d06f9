package org.precertocsp.responder.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.UnreadableFileException;

/// The files that a `load` command names, each readable more than once: directories are replaced by
/// the files in them; standard input and pipes are copied to private temporary files, deleted on
/// close.
final class LoadInputs implements AutoCloseable {
    /// The maximum number of bytes copied from a pipe.
    static final long MAX_PIPED_BYTES = 2L << 30;

    private static final Set<String> CERTIFICATE_ENDINGS =
            Set.of("pem", "crt", "cer", "cert", "der");

    /// @param name as given by the operator
    record Input(Path path, String name, long bytes) {}

    private final FeedKind kind;
    private final InputStream standardInput;
    private final long maxPipedBytes;
    private final List<Input> inputs = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private final List<Path> temporary = new ArrayList<>();

    LoadInputs(FeedKind kind, InputStream standardInput, long maxPipedBytes) {
        this.kind = kind;
        this.standardInput = standardInput;
        this.maxPipedBytes = maxPipedBytes;
    }

    /// Adds the files that one argument names, or fails before anything is loaded.
    void add(String argument) throws CommandException {
        Path path;
        try {
            path = Path.of(argument);
        } catch (InvalidPathException e) {
            throw new CommandException(
                    "%s cannot be named in this locale (%s): set LC_ALL=C.UTF-8"
                            .formatted(
                                    SafeText.of(argument), System.getProperty("sun.jnu.encoding")),
                    e);
        }
        try {
            if (argument.equals("-")) {
                addPiped(standardInput, "stdin");
            } else if (Files.isDirectory(path)) {
                addFolder(path);
            } else if (Files.isRegularFile(path)) {
                addFile(path);
            } else {
                try (InputStream pipe = Files.newInputStream(path)) {
                    addPiped(pipe, argument);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new CommandException(
                    argument + " cannot be read: " + UnreadableFileException.reason(e), e);
        }
    }

    private void addFile(Path path) throws IOException {
        // Opened now, so that a command with a mistyped name loads nothing at all.
        Files.newInputStream(path).close();
        inputs.add(new Input(path, path.toString(), Files.size(path)));
    }

    private void addFolder(Path folder) throws IOException, CommandException {
        if (kind != FeedKind.CERTIFICATES) {
            throw new CommandException(
                    "%s is a directory; load %s takes files".formatted(folder, kind.word()));
        }
        List<Path> found;
        // The operator named this directory, whether it is a link or not.
        Path start = Files.isSymbolicLink(folder) ? folder.toRealPath() : folder;
        try (Stream<Path> tree = Files.walk(start)) {
            // A link to a file is followed, since certificate directories are full of them; a link
            // to a directory is not, since it may lead in a circle.
            found = tree.filter(path -> !isFolder(path)).sorted().toList();
        }
        for (Path path : found) {
            if (Files.isRegularFile(path) && CERTIFICATE_ENDINGS.contains(ending(path))) {
                addFile(path);
            } else {
                skipped.add(path.toString());
            }
        }
    }

    private static boolean isFolder(Path path) {
        return Files.isDirectory(path) && !Files.isSymbolicLink(path);
    }

    private static String ending(Path path) {
        String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private void addPiped(InputStream pipe, String name) throws IOException, CommandException {
        Path copy = Files.createTempFile("precert-ocsp-", ".load");
        temporary.add(copy);
        byte[] buffer = new byte[1 << 16];
        long bytes = 0;
        try (OutputStream out = Files.newOutputStream(copy)) {
            for (int read = pipe.read(buffer); read >= 0; read = pipe.read(buffer)) {
                bytes += read;
                if (bytes > maxPipedBytes) {
                    throw new CommandException(
                            "%s is longer than %d bytes, the most that is read from a pipe; write it"
                                            .formatted(name, maxPipedBytes)
                                    + " to a file and name that");
                }
                out.write(buffer, 0, read);
            }
        }
        inputs.add(new Input(copy, name, bytes));
    }

    List<Input> inputs() {
        return List.copyOf(inputs);
    }

    /// Names of files in directories that are not certificates.
    List<String> skipped() {
        return List.copyOf(skipped);
    }

    @Override
    public void close() throws CommandException {
        for (Path copy : temporary) {
            try {
                Files.deleteIfExists(copy);
            } catch (IOException e) {
                throw new CommandException("a temporary copy stays behind: " + copy, e);
            }
        }
    }
}
