package org.precertocsp.responder.admin.change;

import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.precertocsp.ocsp.Octets;
import org.precertocsp.responder.audit.AuditFailure;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.FeedSource;
import org.precertocsp.responder.status.KeptReply;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusAnswer;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StatusRecord;
import org.precertocsp.responder.status.StatusWriter;
import org.precertocsp.responder.status.StoreFailure;

/// Writes facts, each set of them whole or not at all. Thread-safe.
public final class FactWriter {
    /// How long a request's name is remembered.
    static final Duration KEPT = Duration.ofHours(24);

    private final StatusWriter writer;
    private final StatusReader reader;
    private final InstantSource clock;

    public FactWriter(StatusWriter writer, StatusReader reader, InstantSource clock) {
        this.writer = writer;
        this.reader = reader;
        this.clock = clock;
    }

    /// Writes facts about different serials in one set. Returns when what is done is durable and
    /// visible.
    ///
    /// @param who as [FeedSource#name] has it
    /// @param sha256 of what the caller sent
    /// @param patience how long another writer is waited for
    /// @return one result for each fact, in their order
    /// @throws Objection none of them is done
    public List<Result> write(String who, Octets sha256, List<Fact> facts, Duration patience)
            throws Objection {
        try (ChangeSet changes =
                writer.tryBegin(source(who, sha256), patience).orElseThrow(() -> busy(patience))) {
            List<Result> results = new ArrayList<>(facts.size());
            boolean judged = false;
            for (Fact fact : facts) {
                try {
                    results.add(write(fact, changes));
                    judged = true;
                } catch (Objection e) {
                    results.add(new Result.Denied(e));
                }
            }
            if (judged) {
                // Else nothing is recorded: callers could fill the audit log with refusals.
                changes.commit();
            }
            return results;
        } catch (StoreFailure | AuditFailure e) {
            throw unavailable(e);
        }
    }

    /// Writes one fact, unless a request of that name did so already: then tells what it was told.
    /// The name is kept with the change, so a crash keeps both or neither.
    ///
    /// @throws Objection as [#write], or the name stands for another request
    public Result writeOnce(String who, OnceKey once, Fact fact, Duration patience)
            throws Objection {
        try (ChangeSet changes =
                writer.tryBegin(source(who, once.asked()), patience)
                        .orElseThrow(() -> busy(patience))) {
            Optional<KeptReply> before =
                    changes.get(new StateKey.IdempotentReply(once.name()))
                            .filter(reply -> !reply.until().isBefore(clock.instant()));
            if (before.isPresent()) {
                if (!before.get().asked().equals(once.asked())) {
                    throw Objection.of(
                            Objection.Kind.KEY_REUSED,
                            "the key was used for another request within a day: choose a new one");
                }
                return new Result.Done(ReceiptBytes.read(before.get().told()));
            }
            Result result;
            try {
                result = write(fact, changes);
            } catch (Objection e) {
                return new Result.Denied(e);
            }
            if (result instanceof Result.Done(Receipt receipt)) {
                changes.put(
                        new StateKey.IdempotentReply(once.name()),
                        new KeptReply(
                                once.asked(),
                                ReceiptBytes.of(receipt),
                                clock.instant().plus(KEPT)));
            }
            changes.commit();
            return result;
        } catch (StoreFailure | AuditFailure e) {
            throw unavailable(e);
        }
    }

    private FeedSource source(String who, Octets sha256) {
        return new FeedSource(
                FeedSource.API, who, sha256, clock.instant().truncatedTo(ChronoUnit.SECONDS));
    }

    private static Objection busy(Duration patience) {
        return Objection.of(
                Objection.Kind.BUSY,
                "another load has been writing for %d seconds".formatted(patience.toSeconds()));
    }

    /// The error for callers when the store or the audit log fails.
    public static Objection unavailable(RuntimeException failure) {
        return Objection.of(
                Objection.Kind.UNAVAILABLE,
                failure.getMessage() + "; send the request again, which is always safe");
    }

    /// @throws Objection no change was tried
    private Result write(Fact fact, ChangeSet changes) throws Objection {
        Optional<StatusRecord> known = reader.find(fact.key());
        Optional<StatusChange> change = fact.demand().against(known);
        return change.isEmpty()
                ? done(fact, "unchanged", Optional.empty(), stateOf(known))
                : told(fact, changes.apply(change.get()), change.get());
    }

    private Result told(Fact fact, ChangeOutcome outcome, StatusChange change) {
        return switch (outcome) {
            case ChangeOutcome.Added _ -> done(fact, "added", Optional.empty(), after(change));
            case ChangeOutcome.Changed(String what, boolean _) ->
                    done(fact, "changed", Optional.of(what), after(fact, change));
            case ChangeOutcome.Unchanged _ ->
                    done(fact, "unchanged", Optional.empty(), stateOf(reader.find(fact.key())));
            case ChangeOutcome.AddedByRevocation _ ->
                    done(
                            fact,
                            "added",
                            Optional.of("revocation for a serial nobody announced"),
                            "revoked");
            case ChangeOutcome.Conflict(String why) -> denied(why);
            case ChangeOutcome.Refused(String why) -> denied(why);
        };
    }

    private static Result denied(String why) {
        return new Result.Denied(Objection.of(Objection.Kind.CONFLICT, why));
    }

    /// The state a change of a serial leads to; an assignment leaves a revocation as it is.
    private String after(Fact fact, StatusChange change) {
        return change instanceof StatusChange.Assign
                        && stateOf(reader.find(fact.key())).equals("revoked")
                ? "revoked"
                : after(change);
    }

    private static String after(StatusChange change) {
        return switch (change) {
            case StatusChange.Announce _ -> "announced";
            case StatusChange.CancelAnnouncement _ -> StatusAnswer.UNASSIGNED;
            case StatusChange.Assign _ -> "good";
            case StatusChange.Revoke _ -> "revoked";
        };
    }

    private static String stateOf(Optional<StatusRecord> record) {
        return record.map(StatusAnswer::state).orElse(StatusAnswer.UNASSIGNED);
    }

    private static Result done(Fact fact, String outcome, Optional<String> what, String state) {
        return new Result.Done(
                new Receipt(
                        outcome,
                        fact.issuer(),
                        fact.key().serial().toHex(),
                        state,
                        what,
                        fact.warnings()));
    }
}
