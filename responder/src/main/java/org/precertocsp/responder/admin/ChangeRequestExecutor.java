package org.precertocsp.responder.admin;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.audit.AuditException;
import org.precertocsp.responder.io.Json;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.IdempotencyRecord;
import org.precertocsp.responder.status.SerialStatus;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.status.StoreException;

/// Applies requested changes, each set of them as a whole or not at all. Thread-safe.
public final class ChangeRequestExecutor {
    /// How long the idempotency key of a request is kept.
    static final Duration KEPT = Duration.ofHours(24);

    private final StatusWriter writer;
    private final StatusReader reader;
    private final InstantSource clock;

    public ChangeRequestExecutor(StatusWriter writer, StatusReader reader, InstantSource clock) {
        this.writer = writer;
        this.reader = reader;
        this.clock = clock;
    }

    /// A change that a caller requests.
    ///
    /// @param once if the caller sent a key with it
    record KeyedRequest(ChangeRequest request, Optional<IdempotencyKey> once) {}

    /// Applies changes of different serials as one set. Returns when they are durable and visible.
    ///
    /// @param who as [ChangeSource#name] has it
    /// @param sha256 of what the caller sent
    /// @return one result for each change, in their order
    /// @throws ApiException none of them is applied
    public List<ChangeResult> write(
            String who, ByteString sha256, List<ChangeRequest> requests, Duration patience)
            throws ApiException {
        return writeAll(
                who,
                sha256,
                requests.stream().map(it -> new KeyedRequest(it, Optional.empty())).toList(),
                patience);
    }

    /// As [#write]. A change whose key was used already is not applied again: its result is the
    /// response to that request. The key is stored with the change, so after a crash both exist or
    /// neither.
    ///
    /// @param items of different serials and keys
    List<ChangeResult> writeAll(
            String who, ByteString sha256, List<KeyedRequest> items, Duration patience)
            throws ApiException {
        try (ChangeSet changes =
                writer.tryBegin(source(who, sha256), patience).orElseThrow(() -> busy(patience))) {
            List<ChangeResult> results = new ArrayList<>(items.size());
            boolean judged = false;
            for (KeyedRequest item : items) {
                try {
                    Optional<ChangeResult> before =
                            item.once().isPresent()
                                    ? earlier(item.once().get(), changes)
                                    : Optional.empty();
                    if (before.isPresent()) {
                        results.add(before.get());
                    } else {
                        results.add(write(item, changes));
                        judged = true;
                    }
                } catch (ApiException e) {
                    results.add(new ChangeResult.Denied(e));
                }
            }
            if (judged) {
                // Otherwise nothing is recorded: callers could fill the audit log with rejected
                // requests.
                changes.commit();
            }
            return results;
        } catch (StoreException | AuditException e) {
            throw unavailable(e);
        }
    }

    /// The response to a request that had that key.
    ///
    /// @throws ApiException the key was used for another request
    private Optional<ChangeResult> earlier(IdempotencyKey once, ChangeSet changes)
            throws ApiException {
        Optional<IdempotencyRecord> before =
                changes.get(new StateKey.IdempotentReply(once.name()))
                        .filter(reply -> !reply.until().isBefore(clock.instant()));
        if (before.isPresent() && !before.get().asked().equals(once.asked())) {
            throw ApiException.of(
                    ApiException.Kind.KEY_REUSED,
                    "the key was used for another request within a day: choose a new one");
        }
        return before.map(it -> new ChangeResult.Done(ChangeResponseCodec.read(it.told())));
    }

    /// @throws ApiException no change was tried
    private ChangeResult write(KeyedRequest item, ChangeSet changes) throws ApiException {
        ChangeResult result = write(item.request(), changes);
        if (item.once().isPresent()
                && result instanceof ChangeResult.Done(ChangeResponse receipt)) {
            IdempotencyKey once = item.once().get();
            changes.put(
                    new StateKey.IdempotentReply(once.name()),
                    new IdempotencyRecord(
                            once.asked(),
                            ChangeResponseCodec.of(receipt),
                            clock.instant().plus(KEPT)));
        }
        return result;
    }

    private ChangeSource source(String who, ByteString sha256) {
        return new ChangeSource(
                ChangeSource.API, who, sha256, clock.instant().truncatedTo(ChronoUnit.SECONDS));
    }

    static ApiException busy(Duration patience) {
        return ApiException.of(
                ApiException.Kind.BUSY,
                "another load has been writing for %d seconds".formatted(patience.toSeconds()));
    }

    /// The error for callers when the store or the audit log fails.
    public static ApiException unavailable(RuntimeException failure) {
        return ApiException.of(
                ApiException.Kind.UNAVAILABLE,
                failure.getMessage() + "; send the request again, which is always safe");
    }

    /// @throws ApiException no change was tried
    private ChangeResult write(ChangeRequest request, ChangeSet changes) throws ApiException {
        Optional<StatusRecord> known = reader.find(request.key());
        Optional<StatusChange> change = request.demand().against(known);
        return change.isEmpty()
                ? done(request, "unchanged", Optional.empty(), stateOf(known))
                : result(request, changes.apply(change.get()), change.get());
    }

    private ChangeResult result(ChangeRequest request, ChangeOutcome outcome, StatusChange change) {
        return switch (outcome) {
            case ChangeOutcome.Added _ -> done(request, "added", Optional.empty(), after(change));
            case ChangeOutcome.Changed(String what, boolean _) ->
                    done(request, "changed", Optional.of(what), after(request, change));
            case ChangeOutcome.Unchanged _ ->
                    done(
                            request,
                            "unchanged",
                            Optional.empty(),
                            stateOf(reader.find(request.key())));
            case ChangeOutcome.AddedByRevocation _ ->
                    done(
                            request,
                            "added",
                            Optional.of("revocation for a serial nobody announced"),
                            "revoked");
            case ChangeOutcome.Conflict(String why) -> denied(why);
            case ChangeOutcome.Refused(String why) -> denied(why);
        };
    }

    private static ChangeResult denied(String why) {
        return new ChangeResult.Denied(ApiException.of(ApiException.Kind.CONFLICT, why));
    }

    /// The state a change of a serial leads to; an assignment leaves a revocation as it is.
    private String after(ChangeRequest request, StatusChange change) {
        return change instanceof StatusChange.Assign
                        && stateOf(reader.find(request.key())).equals("revoked")
                ? "revoked"
                : after(change);
    }

    private static String after(StatusChange change) {
        return switch (change) {
            case StatusChange.Announce _ -> "announced";
            case StatusChange.CancelAnnouncement _ -> SerialStatus.UNASSIGNED;
            case StatusChange.Assign _ -> "good";
            case StatusChange.Revoke _ -> "revoked";
        };
    }

    private static String stateOf(Optional<StatusRecord> record) {
        return record.map(SerialStatus::state).orElse(SerialStatus.UNASSIGNED);
    }

    private static ChangeResult done(
            ChangeRequest request, String outcome, Optional<String> what, String state) {
        return new ChangeResult.Done(
                new ChangeResponse(
                        outcome,
                        request.issuer(),
                        request.key().serial().toHex(),
                        state,
                        what,
                        request.warnings()));
    }

    /// Encodes responses for storage.
    static final class ChangeResponseCodec {
        private ChangeResponseCodec() {}

        static ByteString of(ChangeResponse receipt) {
            return ByteString.of(Json.bytes(receipt));
        }

        static ChangeResponse read(ByteString bytes) {
            try {
                return Json.MAPPER.readValue(bytes.toArray(), ChangeResponse.class);
            } catch (IOException e) {
                throw new StoreException("a kept reply is damaged: " + e.getMessage(), e);
            }
        }
    }
}
