package org.precertocsp.responder.campaign;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.precertocsp.responder.cluster.ClusterHistory;
import org.precertocsp.responder.cluster.ClusterHistory.Event;

/// Everything clients saw and faults did, on the clock of this process. Thread-safe.
final class CampaignHistory {
    private final long beganNanos = System.nanoTime();
    private final Queue<Event> events = new ConcurrentLinkedQueue<>();
    private final Queue<Note> notes = new ConcurrentLinkedQueue<>();

    /// What happened besides, for people who read the history.
    record Note(long nanos, String text) {}

    /// Now, counted from the beginning.
    long now() {
        return System.nanoTime() - beganNanos;
    }

    void add(Event event) {
        events.add(event);
    }

    void note(String text) {
        Note note = new Note(now(), text);
        notes.add(note);
        System.out.printf("%8.3f %s%n", seconds(note.nanos()), text);
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }

    List<ClusterHistory.Violation> violations(Duration maxStaleness) {
        return new ClusterHistory(maxStaleness, List.copyOf(events)).violations();
    }

    /// How many answers of each kind there were.
    Map<ClusterHistory.Said, Integer> answers() {
        Map<ClusterHistory.Said, Integer> counts = new EnumMap<>(ClusterHistory.Said.class);
        for (Event event : events) {
            if (event instanceof ClusterHistory.Answer answer) {
                counts.merge(answer.said(), 1, Integer::sum);
            }
        }
        return counts;
    }

    /// How many events of a type there were.
    long count(Class<? extends Event> type) {
        return events.stream().filter(type::isInstance).count();
    }

    /// The longest time without a change that became durable, in seconds.
    double longestPause() {
        List<Long> durable =
                events.stream()
                        .filter(ClusterHistory.Durable.class::isInstance)
                        .map(Event::nanos)
                        .sorted()
                        .toList();
        long longest = 0;
        for (int i = 1; i < durable.size(); i++) {
            longest = Math.max(longest, durable.get(i) - durable.get(i - 1));
        }
        return seconds(longest);
    }

    /// Of each change sent after a moment, how long until it was known to be effective.
    List<Long> nanosToEffective(long after) {
        Map<String, Long> sent = new HashMap<>();
        for (Event event : events) {
            if (event instanceof ClusterHistory.Sent request && request.nanos() > after) {
                sent.put(request.change(), request.nanos());
            }
        }
        List<Long> nanos = new ArrayList<>();
        for (Event event : events) {
            if (event instanceof ClusterHistory.Effective(long at, String change)
                    && sent.containsKey(change)) {
                nanos.add(at - sent.getOrDefault(change, at));
            }
        }
        return nanos;
    }

    /// True if a change became durable since then.
    boolean isDurableSince(long nanos) {
        return events.stream()
                .anyMatch(
                        event -> event instanceof ClusterHistory.Durable && event.nanos() > nanos);
    }

    /// One line for each event and note, in order of time.
    void write(Path file) throws IOException {
        record Line(long nanos, String text) {}
        List<Line> lines = new ArrayList<>();
        events.forEach(event -> lines.add(new Line(event.nanos(), event.toString())));
        notes.forEach(note -> lines.add(new Line(note.nanos(), "# " + note.text())));
        lines.sort(Comparator.comparingLong(Line::nanos));
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (Line line : lines) {
                out.write("%.6f %s%n".formatted(seconds(line.nanos()), line.text()));
            }
        }
    }
}
