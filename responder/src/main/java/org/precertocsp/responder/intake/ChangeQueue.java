package org.precertocsp.responder.intake;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.LatestCrl;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;

/// Transfers the records of a feed, in order, from the reading thread to the applying thread, so
/// that both work at once. Holds a bounded number of records.
final class ChangeQueue implements FeedSink {
    /// A statement of a feed.
    sealed interface Item {
        /// @param saysGood whether a list says that the serial is good
        record Fact(SourceLocation place, StatusChange change, boolean saysGood) implements Item {}

        /// A record that may revoke its serial and cannot be used.
        record RevocationRefusal(SourceLocation place, SerialKey key, String why) implements Item {}

        /// As [FeedSink#revoke].
        record Revocation(
                SourceLocation place,
                StatusChange.Revoke change,
                List<List<ConfiguredIssuer>> namesakes)
                implements Item {}

        record Refusal(SourceLocation place, String why) implements Item {}

        record Warning(SourceLocation place, String what) implements Item {}

        record Head(CrlScope scope, LatestCrl head) implements Item {}

        /// A query on the change set, answered after all items before it were applied.
        record Question<T>(Query<T> query, CompletableFuture<T> answer) implements Item {
            /// Called by the applying thread.
            void answer(ChangeSet changes, Function<SerialKey, Optional<StatusRecord>> known) {
                try {
                    answer.complete(query.of(changes, known));
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                    throw e;
                }
            }
        }

        /// The end of the feed.
        record End() implements Item {}
    }

    /// @param <T> the answer
    @FunctionalInterface
    interface Query<T> {
        /// @param known returns the recorded status of a serial
        T of(ChangeSet changes, Function<SerialKey, Optional<StatusRecord>> known);
    }

    /// Thrown to the feed when the applying thread has stopped.
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("nobody takes the records", null, false, false);
        }
    }

    private static final int BATCH = 512;
    private static final int BATCHES = 16;
    private static final long LOOK_UP_MILLIS = 100;

    private final BlockingQueue<List<Item>> batches = new ArrayBlockingQueue<>(BATCHES);
    private List<Item> batch = new ArrayList<>(BATCH);
    private volatile boolean stopped;

    @Override
    public void accept(SourceLocation place, StatusChange change) {
        put(new Item.Fact(place, change, false));
    }

    @Override
    public void acceptGood(SourceLocation place, StatusChange.Assign change) {
        put(new Item.Fact(place, change, true));
    }

    @Override
    public void refuseRevocation(SourceLocation place, SerialKey key, String why) {
        put(new Item.RevocationRefusal(place, key, why));
    }

    @Override
    public void refuse(SourceLocation place, String why) {
        put(new Item.Refusal(place, why));
    }

    @Override
    public void warn(SourceLocation place, String what) {
        put(new Item.Warning(place, what));
    }

    @Override
    public void putCrlHead(CrlScope scope, LatestCrl head) {
        put(new Item.Head(scope, head));
    }

    @Override
    public void revoke(
            SourceLocation place,
            StatusChange.Revoke change,
            List<List<ConfiguredIssuer>> namesakes) {
        put(new Item.Revocation(place, change, namesakes));
    }

    @Override
    public Optional<LatestCrl> crlHead(CrlScope scope) {
        return ask((changes, _) -> changes.get(new StateKey.NewestCrl(scope)));
    }

    @Override
    public List<SerialKey> recordedGood(List<SerialKey> serials) {
        return ask(
                (_, known) ->
                        serials.stream()
                                .filter(key -> LoadCounters.isGood(known.apply(key)))
                                .toList());
    }

    private <T> T ask(Query<T> query) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        put(new Item.Question<>(query, answer));
        send();
        return await(answer);
    }

    private <T> T await(CompletableFuture<T> answer) {
        while (true) {
            try {
                return answer.get(LOOK_UP_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (stopped) {
                    throw new Stopped();
                }
            } catch (ExecutionException e) {
                throw new Stopped();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Stopped();
            }
        }
    }

    /// Marks the end of the feed. Called by the reading thread, whatever happened.
    void end() {
        batch.add(new Item.End());
        try {
            send();
        } catch (Stopped e) {
            // The applying thread does not wait for the end either.
            batch = List.of();
        }
    }

    private void put(Item item) {
        batch.add(item);
        if (batch.size() >= BATCH) {
            send();
        }
    }

    private void send() {
        List<Item> full = batch;
        batch = new ArrayList<>(BATCH);
        try {
            while (!batches.offer(full, LOOK_UP_MILLIS, TimeUnit.MILLISECONDS)) {
                if (stopped) {
                    throw new Stopped();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Stopped();
        }
    }

    /// The next records. Called by the applying thread.
    List<Item> take() throws InterruptedException {
        return batches.take();
    }

    /// Makes the feed fail at its next record. Called by the applying thread when it stops.
    void stop() {
        stopped = true;
    }
}
