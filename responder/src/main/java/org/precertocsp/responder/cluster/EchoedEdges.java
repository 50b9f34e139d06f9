package org.precertocsp.responder.cluster;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.precertocsp.der.ByteString;

/// The edges that beats have echoed, and when this authority last read such a beat. So it knows
/// which edges may have a lease, whatever its configuration says. Not thread-safe.
///
/// # Why an edge can be retired, and by whom the roster is known
///
/// A lease comes from a beat that echoes the edge. Of the beats behind a change in the log none
/// matters for that change: an edge that has read one has applied the change. Of those before it,
/// this authority has read all by the time the change is durable here. And the lease began before
/// the beat was written, so before it was read here. Therefore, S and a second after this authority
/// last read an echo of an edge, that edge has no lease from before any change, and no change need
/// wait for it.
///
/// So an authority waits for the reports of the edges on its roster, and for time alone as long as
/// any other edge may have a lease. That covers an edge just removed from the roster, and one that
/// only another authority echoes, whose configuration is older or newer: the rosters of two
/// authorities may differ without harm, also at a takeover. What differs is how soon changes are
/// effective.
///
/// A process that starts has read no beats. Its predecessor has noted on disk which edges it may
/// have echoed, before it echoed them, and which it has read of: they count as echoed at the start.
/// If there is a position and no note, any edge may have been.
final class EchoedEdges {
    /// Is no edge's name.
    private static final String ANY = "";

    /// Ends a note, so that none is without bytes.
    private static final String END = "-";

    private final Map<String, Long> lastRead = new HashMap<>();

    /// Of a note written by [#note].
    static EchoedEdges ofEarlierProcess(Optional<ByteString> note, boolean hasRead, long now) {
        EchoedEdges edges = new EchoedEdges();
        if (note.isPresent()) {
            String names = new String(note.get().toArray(), StandardCharsets.US_ASCII);
            Arrays.stream(names.split("\n"))
                    .filter(name -> !name.isEmpty() && !name.equals(END))
                    .forEach(name -> edges.read(name, now));
        } else if (hasRead) {
            edges.read(ANY, now);
        }
        return edges;
    }

    /// A beat that echoes it was read, or may have been.
    void read(String edge, long now) {
        lastRead.put(edge, now);
    }

    /// True if an edge beside those of the roster may have a lease. Forgets those that cannot.
    ///
    /// @param lasting how long after an echo was read
    boolean isAnyBeside(Set<String> roster, long now, Duration lasting) {
        lastRead.entrySet()
                .removeIf(
                        it ->
                                !roster.contains(it.getKey())
                                        && now - it.getValue() >= lasting.toNanos());
        return lastRead.keySet().stream().anyMatch(name -> !roster.contains(name));
    }

    /// For the next process: the edges of the roster, which may be echoed from now on, and those
    /// that were.
    ByteString note(Set<String> roster) {
        Set<String> names = new TreeSet<>(roster);
        names.addAll(lastRead.keySet());
        names.remove(ANY);
        names.add(END);
        return ByteString.of(String.join("\n", names).getBytes(StandardCharsets.US_ASCII));
    }
}
