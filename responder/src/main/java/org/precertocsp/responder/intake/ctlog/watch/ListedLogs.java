package org.precertocsp.responder.intake.ctlog.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.precertocsp.responder.intake.ctlog.LogAddress;
import org.precertocsp.responder.intake.ctlog.head.BadLogKey;
import org.precertocsp.responder.intake.ctlog.head.LogList;
import org.precertocsp.responder.intake.ctlog.watch.WatchConfig.Watched;

/// A log list and which of its logs are followed: those that meet every criterion. Its publisher
/// changes it, so it is read again while the server runs.
///
/// @param operators of any, if empty
/// @param states those that take in what is issued today, if empty
/// @param names descriptions or log IDs; of any, if empty
/// @param from where to begin logs never read before
public record ListedLogs(
        Path file,
        List<String> operators,
        List<String> states,
        List<String> names,
        OptionalLong from) {
    /// Longer files are no log lists.
    public static final long MAX_OCTETS = 16 << 20;

    private static final List<String> LIVE = List.of("usable", "qualified");

    public ListedLogs {
        operators = List.copyOf(operators);
        states = List.copyOf(states);
        names = List.copyOf(names);
    }

    /// The whole list, as it is now.
    ///
    /// @throws IOException it cannot be read, or is too long
    /// @throws BadLogKey it is no log list
    public static List<LogList.Listed> read(Path file) throws IOException, BadLogKey {
        if (Files.size(file) > MAX_OCTETS) {
            throw new IOException("too long for a log list");
        }
        return LogList.read(Files.readAllBytes(file));
    }

    public boolean picks(LogList.Listed log) {
        return (operators.isEmpty() || has(operators, log.operator()))
                && has(states.isEmpty() ? LIVE : states, log.state())
                && (names.isEmpty() || names.stream().anyMatch(log::isCalled));
    }

    /// The log as one to follow because it is in this list.
    public Watched watched(LogList.Listed log) {
        return new Watched(LogAddress.of(log), from, true);
    }

    private static boolean has(List<String> words, String word) {
        return words.stream().anyMatch(word::equalsIgnoreCase);
    }
}
