package org.precertocsp.responder.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.precertocsp.responder.intake.ctlog.LogAddress;
import org.precertocsp.responder.intake.ctlog.head.BadLogKey;
import org.precertocsp.responder.intake.ctlog.head.LogKey;
import org.precertocsp.responder.intake.ctlog.head.LogList;

/// From what a command line says of a log to the log it means.
final class NamedLog {
    private NamedLog() {}

    /// @param log its address; with a list also its description or base64 log ID, and no key
    /// @param key as [LogKey#named] reads it; wanted where there is no list
    /// @throws CommandFailed key or list cannot be used, or the list has no such log
    static LogAddress of(String log, Optional<String> key, Optional<Path> list)
            throws CommandFailed {
        try {
            if (key.isEmpty() && list.isPresent()) {
                return listed(log, list.get());
            }
            String given =
                    key.orElseThrow(() -> new CommandFailed("the key of " + log + " is not known"));
            URI address = address(log).orElseThrow(() -> new CommandFailed(noAddress(log)));
            return new LogAddress(log, address, LogKey.named(given), Optional.empty());
        } catch (BadLogKey e) {
            throw new CommandFailed("the log's key cannot be used: " + e.getMessage(), e);
        }
    }

    private static LogAddress listed(String log, Path file) throws CommandFailed, BadLogKey {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CommandFailed(file + " cannot be read: " + e, e);
        }
        LogList.Listed found =
                LogList.read(content).stream()
                        .filter(listed -> listed.isCalled(log) || isAt(listed.url(), log))
                        .findFirst()
                        .orElseThrow(
                                () -> new CommandFailed("no log in " + file + " is called " + log));
        return LogAddress.of(found);
    }

    private static boolean isAt(URI url, String log) {
        return url.toString().replaceAll("/+$", "").equals(log.replaceAll("/+$", ""));
    }

    static Optional<URI> address(String text) {
        try {
            return Optional.of(URI.create(text))
                    .filter(
                            url ->
                                    List.of("http", "https")
                                            .contains(String.valueOf(url.getScheme())));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    static String noAddress(String text) {
        return "'" + text + "' is no address of a log, such as https://ct.example/2026h2";
    }
}
