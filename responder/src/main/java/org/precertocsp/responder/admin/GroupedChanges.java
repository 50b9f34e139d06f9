package org.precertocsp.responder.admin;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.admin.ChangeRequestExecutor.KeyedRequest;
import org.precertocsp.responder.status.SerialKey;

/// Single requests of one caller that wait for their turn are applied as one set. Thread-safe.
///
/// At an authority a set takes as long as the log of the cluster needs for it, and one set is under
/// way at a time: without this, a caller with many connections would get no more changes done than
/// one with a single connection.
///
/// The first request that gets its turn takes those that have come meanwhile with it. A set has one
/// source, so they have the same caller and comment; and each change is judged against the state
/// before the set, so a serial is in it once, and so is an idempotency key.
///
/// A caller sends its next request when it has an answer. If the next set began at once, the
/// requests of one set would come back too late for it, and a caller's connections would travel in
/// two halves by turns. So after a set of several the next one begins a little later.
final class GroupedChanges {
    /// About 20 ms of work, as in a stream of lines.
    private static final int MAX_SET = 500;

    /// From a set of several requests to the next set, at most.
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(20);

    /// The pause is that part of what the set took.
    private static final int PAUSE_PART = 4;

    private final ChangeRequestExecutor writer;
    private final Duration longestPause;

    // Those of one caller, by its name and comment.
    private final Map<String, Group> groups = new HashMap<>();

    GroupedChanges(ChangeRequestExecutor writer) {
        this(writer, LONGEST_PAUSE);
    }

    GroupedChanges(ChangeRequestExecutor writer, Duration longestPause) {
        this.writer = writer;
        this.longestPause = longestPause;
    }

    private record Waiting(
            ByteString sha256, KeyedRequest item, CompletableFuture<ChangeResult> result) {}

    private static final class Group {
        private final ReentrantLock turn = new ReentrantLock(true);
        // Guarded by the turn.
        private Duration pause = Duration.ZERO;
        // Guarded by the groups.
        private final Deque<Waiting> waiting = new ArrayDeque<>();
        private int callers;
    }

    /// As [ChangeRequestExecutor#writeAll], for one change.
    ///
    /// @throws ApiException it is not applied
    ChangeResult write(String who, ByteString sha256, KeyedRequest item, Duration patience)
            throws ApiException {
        Waiting own = new Waiting(sha256, item, new CompletableFuture<>());
        Group group;
        synchronized (groups) {
            group = groups.computeIfAbsent(who, _ -> new Group());
            group.callers++;
            group.waiting.add(own);
        }
        try {
            while (!own.result().isDone()) {
                if (!group.turn.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                    throw ChangeRequestExecutor.busy(patience);
                }
                try {
                    if (!own.result().isDone()) {
                        Thread.sleep(group.pause);
                        long began = System.nanoTime();
                        List<Waiting> set = take(group);
                        writeSet(who, set, patience);
                        group.pause = pauseAfter(set, System.nanoTime() - began);
                    }
                } finally {
                    group.turn.unlock();
                }
            }
            return own.result().get();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw ChangeRequestExecutor.busy(patience);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApiException refused) {
                throw refused;
            }
            throw new IllegalStateException("changes of others failed", e.getCause());
        } finally {
            synchronized (groups) {
                group.waiting.remove(own);
                if (--group.callers == 0) {
                    groups.remove(who);
                }
            }
        }
    }

    private Duration pauseAfter(List<Waiting> set, long nanos) {
        if (set.size() == 1) {
            return Duration.ZERO;
        }
        Duration part = Duration.ofNanos(nanos / PAUSE_PART);
        return part.compareTo(longestPause) < 0 ? part : longestPause;
    }

    /// Requests of a caller that wait for their turn.
    int waiting(String who) {
        synchronized (groups) {
            @Nullable Group group = groups.get(who);
            return group == null ? 0 : group.waiting.size();
        }
    }

    /// Those whose turn it is, the first of them at least.
    private List<Waiting> take(Group group) {
        List<Waiting> set = new ArrayList<>();
        Set<SerialKey> serials = new HashSet<>();
        Set<ByteString> keys = new HashSet<>();
        synchronized (groups) {
            Iterator<Waiting> waiting = group.waiting.iterator();
            while (waiting.hasNext() && set.size() < MAX_SET) {
                Waiting next = waiting.next();
                KeyedRequest item = next.item();
                Optional<ByteString> key = item.once().map(IdempotencyKey::name);
                boolean again =
                        serials.contains(item.request().key())
                                || key.filter(keys::contains).isPresent();
                if (!again) {
                    serials.add(item.request().key());
                    key.ifPresent(keys::add);
                    set.add(next);
                    waiting.remove();
                }
            }
        }
        return set;
    }

    private void writeSet(String who, List<Waiting> set, Duration patience) {
        try {
            List<ChangeResult> results =
                    writer.writeAll(
                            who, digest(set), set.stream().map(Waiting::item).toList(), patience);
            for (int i = 0; i < set.size(); i++) {
                set.get(i).result().complete(results.get(i));
            }
        } catch (ApiException | RuntimeException e) {
            set.forEach(one -> one.result().completeExceptionally(e));
        }
    }

    /// Of the request, or of the digests of all.
    private static ByteString digest(List<Waiting> set) {
        if (set.size() == 1) {
            return set.getFirst().sha256();
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        set.forEach(one -> all.writeBytes(one.sha256().toArray()));
        return HashAlgorithm.SHA256.hash(ByteString.of(all.toByteArray()));
    }
}
