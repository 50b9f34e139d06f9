package org.precertocsp.responder.intake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.ocsp.RevocationReason;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

/// Feeds of any kind for a made-up file format: one order on each line, such as `assign 0a` or
/// `stop since it is no list`.
public final class LineFeeds implements FeedProvider {
    private final ConfiguredIssuer issuer;

    /// @param issuer whose serials these are unless the file's issuer is given
    public LineFeeds(ConfiguredIssuer issuer) {
        this.issuer = issuer;
    }

    @Override
    public FeedReader feed(FeedKind kind, List<Path> together) {
        Set<String> signers = new HashSet<>();
        for (Path path : together) {
            for (String line : lines(path)) {
                if (line.startsWith("signer ")) {
                    signers.add(line.substring(7));
                }
            }
        }
        return (file, sink) -> {
            List<String> lines = lines(file.path());
            for (int n = 0; n < lines.size(); n++) {
                obey(
                        lines.get(n),
                        new SourceLocation.Line(n + 1),
                        new Reading(file, sink, signers));
                file.progress().at(n);
            }
        };
    }

    private record Reading(FeedFile file, FeedSink sink, Set<String> signers) {}

    private void obey(String line, SourceLocation place, Reading reading)
            throws FeedRejectedException {
        String[] words = line.split(" ", 2);
        FeedSink sink = reading.sink();
        switch (words[0]) {
            case "assign" -> sink.accept(place, assign(words[1], reading, AssignedBy.CERTIFICATE));
            case "conflict" ->
                    sink.accept(place, assign(words[1], reading, AssignedBy.DECLARATION));
            case "forbidden" ->
                    sink.accept(place, new StatusChange.CancelAnnouncement(key(words[1], reading)));
            case "good" ->
                    sink.acceptGood(place, assign(words[1], reading, AssignedBy.DECLARATION));
            case "unrevoked" ->
                    sink.refuseRevocation(place, key(words[1], reading), "not understood");
            case "revoke" -> sink.accept(place, revoke(words[1], reading));
            case "refuse" -> sink.refuse(place, words[1]);
            case "warn" -> sink.warn(place, words[1]);
            case "by" -> {
                if (!reading.signers().contains(words[1])) {
                    sink.refuse(place, "nobody knows the signer " + words[1]);
                }
            }
            case "stop" -> throw new FeedRejectedException(words[1]);
            case "bug" -> throw new IllegalStateException("a bug");
            case "endless" -> throw new StackOverflowError();
            case "grow" -> append(reading.file().path());
            default -> {}
        }
    }

    private StatusChange.Assign assign(String serial, Reading reading, AssignedBy by) {
        return new StatusChange.Assign(
                key(serial, reading), by, Optional.empty(), Optional.empty());
    }

    private StatusChange revoke(String serial, Reading reading) {
        return new StatusChange.Revoke(
                key(serial, reading),
                new Revocation(
                        Instant.parse("2026-05-05T05:05:05Z"),
                        RevocationReason.KEY_COMPROMISE,
                        Optional.empty()),
                Optional.empty());
    }

    private SerialKey key(String serial, Reading reading) {
        return new SerialKey(reading.file().issuer().orElse(issuer).key(), Serial.ofHex(serial));
    }

    private static List<String> lines(Path path) {
        try {
            return Files.isRegularFile(path) ? Files.readAllLines(path) : new ArrayList<>();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void append(Path path) {
        try {
            Files.writeString(path, "assign ff\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
