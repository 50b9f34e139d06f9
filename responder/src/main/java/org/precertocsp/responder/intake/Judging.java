package org.precertocsp.responder.intake;

import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;

import java.util.ArrayList;
import java.util.List;

/// Applies what a [Conveyor] brings and counts what becomes of it, in the order of the file.
///
/// Changes are judged many at a time: the first few at once, then twice as many, up to what the
/// change set likes.
final class Judging {
    private static final int FIRST_WINDOW = 256;

    private final ChangeSet changes;
    private final Tally tally;
    private final List<Conveyor.Item> window = new ArrayList<>();
    private final WrongIssuerCheck lists;
    private int wanted = FIRST_WINDOW;

    Judging(ChangeSet changes, Tally tally, WrongIssuerCheck lists) {
        this.changes = changes;
        this.tally = tally;
        this.lists = lists;
    }

    /// Returns when the feed has ended.
    void takeAll(Conveyor conveyor) throws InterruptedException {
        while (true) {
            for (Conveyor.Item item : conveyor.take()) {
                switch (item) {
                    case Conveyor.Item.Question question -> answer(question);
                    case Conveyor.Item.End _ -> {
                        judge();
                        return;
                    }
                    case Conveyor.Item.Fact _,
                            Conveyor.Item.RevocationRefusal _,
                            Conveyor.Item.Refusal _,
                            Conveyor.Item.Warning _,
                            Conveyor.Item.Head _ ->
                            window.add(item);
                }
            }
            if (window.size() >= wanted) {
                judge();
                wanted = Math.clamp(2L * wanted, 1, changes.lookahead());
            }
        }
    }

    private void answer(Conveyor.Item.Question question) {
        judge();
        try {
            question.answer().complete(changes.crlHead(question.scope()));
        } catch (RuntimeException e) {
            question.answer().completeExceptionally(e);
            throw e;
        }
    }

    private void count(Conveyor.Item.Fact fact, ChangeOutcome outcome) {
        SerialKey key = fact.change().key();
        if (fact.saysGood() && staysRevoked(key, outcome)) {
            tally.staysRevoked(fact.place(), key);
        }
        if (outcome instanceof ChangeOutcome.Refused(String why)
                && fact.change() instanceof StatusChange.Revoke) {
            tally.refuseRevocation(fact.place(), key, why, changes.record(key));
        } else {
            tally.count(fact.place(), key, outcome);
        }
        if (fact.change() instanceof StatusChange.Assign assign
                && assign.by() == AssignedBy.DECLARATION) {
            lists.see(key, outcome);
        }
    }

    /// Looks the serial up only where the outcome does not tell: a list is loaded again and again,
    /// and then changes nothing.
    private boolean staysRevoked(SerialKey key, ChangeOutcome outcome) {
        return switch (outcome) {
            case ChangeOutcome.Unchanged(boolean staysRevoked) -> staysRevoked;
            case ChangeOutcome.Changed _, ChangeOutcome.Refused _ ->
                    changes.record(key)
                            .filter(StatusRecord.Assigned.class::isInstance)
                            .map(StatusRecord.Assigned.class::cast)
                            .flatMap(StatusRecord.Assigned::revocation)
                            .isPresent();
            case ChangeOutcome.Added _,
                    ChangeOutcome.AddedByRevocation _,
                    ChangeOutcome.Conflict _ ->
                    false;
        };
    }

    private void judge() {
        List<StatusChange> facts = new ArrayList<>(window.size());
        for (Conveyor.Item item : window) {
            if (item instanceof Conveyor.Item.Fact fact) {
                facts.add(fact.change());
            }
        }
        List<ChangeOutcome> outcomes = changes.applyAll(facts);
        int next = 0;
        for (Conveyor.Item item : window) {
            switch (item) {
                case Conveyor.Item.Fact fact -> count(fact, outcomes.get(next++));
                case Conveyor.Item.RevocationRefusal(Place place, SerialKey key, String why) ->
                        tally.refuseRevocation(place, key, why, changes.record(key));
                case Conveyor.Item.Refusal(Place place, String why) -> tally.refuse(place, why);
                case Conveyor.Item.Warning(Place place, String what) -> tally.warn(place, what);
                case Conveyor.Item.Head head -> changes.putCrlHead(head.scope(), head.head());
                case Conveyor.Item.Question _, Conveyor.Item.End _ -> {
                    // Never put into the window.
                }
            }
        }
        window.clear();
    }
}
