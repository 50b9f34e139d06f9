package org.precertocsp.responder.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.responder.ctlog.InvalidLogKeyException;
import org.precertocsp.responder.ctlog.LogAddress;
import org.precertocsp.responder.ctlog.LogList;
import org.precertocsp.responder.ctlog.LogPublicKey;
import picocli.CommandLine.Option;

/// `--key` and `--log-list`: where a command finds the public key of the CT log that it names.
final class CtLogOptions {
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

    /// Why these options do not determine the log's key, or empty.
    Optional<String> mistake(String log) {
        if ((key == null) == (list == null)) {
            return Optional.of("say how to know the log: by --key, or by --log-list");
        }
        return list == null && url(log).isEmpty() ? Optional.of(noUrl(log)) : Optional.empty();
    }

    /// @param log its URL; with a list also its description or base64 log ID
    /// @throws CommandException key or list cannot be used, or the list has no such log
    LogAddress address(String log) throws CommandException {
        return address(log, Optional.ofNullable(key), Optional.ofNullable(list));
    }

    /// As [#address(String)]; a list is only used without a key.
    ///
    /// @param key as [LogPublicKey#named] reads it
    static LogAddress address(String log, Optional<String> key, Optional<Path> list)
            throws CommandException {
        try {
            if (key.isEmpty() && list.isPresent()) {
                return listed(log, list.get());
            }
            String given =
                    key.orElseThrow(
                            () -> new CommandException("the key of " + log + " is not known"));
            URI url = url(log).orElseThrow(() -> new CommandException(noUrl(log)));
            return new LogAddress(log, url, LogPublicKey.named(given), Optional.empty());
        } catch (InvalidLogKeyException e) {
            throw new CommandException("the log's key cannot be used: " + e.getMessage(), e);
        }
    }

    private static LogAddress listed(String log, Path file)
            throws CommandException, InvalidLogKeyException {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CommandException(file + " cannot be read: " + e, e);
        }
        LogList.Listed found =
                LogList.read(content).stream()
                        .filter(listed -> listed.isCalled(log) || isAt(listed.url(), log))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new CommandException(
                                                "no log in " + file + " is called " + log));
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
