package org.precertocsp.responder.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.intake.ctlog.LogAddress;
import org.precertocsp.responder.intake.ctlog.head.BadLogKey;
import org.precertocsp.responder.intake.ctlog.head.LogKey;
import org.precertocsp.responder.intake.ctlog.head.LogList;
import picocli.CommandLine.Option;

/// `--key` and `--log-list`: how a command knows the CT log that it names.
final class LogOptions {
    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "public key of the log: base64 as in log lists, or a file, PEM or DER")
    private @Nullable String key;

    @Option(
            names = "--log-list",
            paramLabel = "FILE",
            description = "a log list in JSON, version 3, to take address and key from")
    private @Nullable Path list;

    boolean given() {
        return key != null || list != null;
    }

    /// Why these options do not say how to know the log, or empty.
    Optional<String> mistake(String log) {
        if ((key == null) == (list == null)) {
            return Optional.of("say how to know the log: by --key, or by --log-list");
        }
        return list == null && url(log).isEmpty() ? Optional.of(noUrl(log)) : Optional.empty();
    }

    /// @param log its URL; with a list also its description or base64 log ID
    /// @throws CommandFailed key or list cannot be used, or the list has no such log
    LogAddress address(String log) throws CommandFailed {
        return address(log, Optional.ofNullable(key), Optional.ofNullable(list));
    }

    /// As [#address(String)]; a list is only used without a key.
    ///
    /// @param key as [LogKey#named] reads it
    static LogAddress address(String log, Optional<String> key, Optional<Path> list)
            throws CommandFailed {
        try {
            if (key.isEmpty() && list.isPresent()) {
                return listed(log, list.get());
            }
            String given =
                    key.orElseThrow(() -> new CommandFailed("the key of " + log + " is not known"));
            URI url = url(log).orElseThrow(() -> new CommandFailed(noUrl(log)));
            return new LogAddress(log, url, LogKey.named(given), Optional.empty());
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

    static Optional<URI> url(String text) {
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

    static String noUrl(String text) {
        return "'" + text + "' is not the URL of a log, such as https://ct.example/2026h2";
    }
}
