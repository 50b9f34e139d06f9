package org.precertocsp.responder.ctlog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.precertocsp.responder.ctlog.CtLogConfig.Watched;

/// A log list and the criteria by which its logs are followed; all must match. It is reloaded while
/// the server runs, since its publisher changes it.
///
/// @param operators all if empty
/// @param states if empty, those of logs that accept current certificates
/// @param names descriptions or log IDs; all if empty
/// @param from first entry of logs that were never read
public record LogListSelection(
        Path file,
        List<String> operators,
        List<String> states,
        List<String> names,
        OptionalLong from) {
    /// Maximum length of a log list.
    public static final long MAX_BYTES = 16 << 20;

    private static final List<String> LIVE = List.of("usable", "qualified");

    public LogListSelection {
        operators = List.copyOf(operators);
        states = List.copyOf(states);
        names = List.copyOf(names);
    }

    /// The whole current list.
    ///
    /// @throws IOException it cannot be read, or is too long
    /// @throws InvalidLogKeyException it is not a log list
    public static List<LogList.Listed> read(Path file) throws IOException, InvalidLogKeyException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException("too long for a log list");
        }
        return LogList.read(Files.readAllBytes(file));
    }

    public boolean picks(LogList.Listed log) {
        return (operators.isEmpty() || has(operators, log.operator()))
                && has(states.isEmpty() ? LIVE : states, log.state())
                && (names.isEmpty() || names.stream().anyMatch(log::isCalled));
    }

    /// The log, followed because it is in this list.
    public Watched watched(LogList.Listed log) {
        return new Watched(LogAddress.of(log), from, true);
    }

    private static boolean has(List<String> words, String word) {
        return words.stream().anyMatch(word::equalsIgnoreCase);
    }
}
