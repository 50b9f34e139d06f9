package org.precertocsp.responder.intake;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StateKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusRecord;

/// Applies what a [Conveyor] brings and counts what becomes of it, in the order of the file.
///
/// Changes are judged many at a time: the first few at once, then twice as many, up to what the
/// change set likes.
final class Judging {
    private static final int FIRST_WINDOW = 256;

    private final ChangeSet changes;
    private final Function<SerialKey, Optional<StatusRecord>> known;
    private final Tally tally;
    private final List<Conveyor.Item> window = new ArrayList<>();
    private final WrongIssuerCheck lists;
    private int wanted = FIRST_WINDOW;

    /// @param known what is recorded of a serial, the changes included
    Judging(
            ChangeSet changes,
            Function<SerialKey, Optional<StatusRecord>> known,
            Tally tally,
            WrongIssuerCheck lists) {
        this.changes = changes;
        this.known = known;
        this.tally = tally;
        this.lists = lists;
    }

    /// Returns when the feed has ended.
    void takeAll(Conveyor conveyor) throws InterruptedException {
        while (true) {
            for (Conveyor.Item item : conveyor.take()) {
                switch (item) {
                    case Conveyor.Item.Question<?> question -> {
                        judge();
                        question.answer(changes, known);
                    }
                    case Conveyor.Item.End _ -> {
                        judge();
                        return;
                    }
                    case Conveyor.Item.Fact _,
                            Conveyor.Item.Revocation _,
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

    private void count(Conveyor.Item.Fact fact, ChangeOutcome outcome) {
        SerialKey key = fact.change().key();
        if (fact.saysGood() && staysRevoked(key, outcome)) {
            tally.staysRevoked(fact.place(), key);
        }
        if (outcome instanceof ChangeOutcome.Changed changed && changed.caWithoutReason()) {
            tally.warn(fact.place(), "serial %s: %s".formatted(key.serial(), changed.what()));
        }
        if (outcome instanceof ChangeOutcome.Refused(String why)
                && fact.change() instanceof StatusChange.Revoke) {
            tally.refuseRevocation(fact.place(), key, why, known.apply(key));
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
                    known.apply(key)
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
        Deque<List<StatusChange.Revoke>> meant = new ArrayDeque<>();
        for (Conveyor.Item item : window) {
            if (item instanceof Conveyor.Item.Fact fact) {
                facts.add(fact.change());
            } else if (item instanceof Conveyor.Item.Revocation revocation) {
                meant.add(meant(revocation));
                facts.addAll(meant.getLast());
            }
        }
        List<ChangeOutcome> outcomes = changes.applyAll(facts);
        int next = 0;
        for (Conveyor.Item item : window) {
            switch (item) {
                case Conveyor.Item.Fact fact -> count(fact, outcomes.get(next++));
                case Conveyor.Item.Revocation revocation -> {
                    for (StatusChange.Revoke change : meant.remove()) {
                        count(
                                new Conveyor.Item.Fact(revocation.place(), change, false),
                                outcomes.get(next++));
                    }
                }
                case Conveyor.Item.RevocationRefusal(Place place, SerialKey key, String why) ->
                        tally.refuseRevocation(place, key, why, known.apply(key));
                case Conveyor.Item.Refusal(Place place, String why) -> tally.refuse(place, why);
                case Conveyor.Item.Warning(Place place, String what) -> tally.warn(place, what);
                case Conveyor.Item.Head head ->
                        changes.put(new StateKey.NewestCrl(head.scope()), head.head());
                case Conveyor.Item.Question<?> _, Conveyor.Item.End _ -> {
                    // Never put into the window.
                }
            }
        }
        window.clear();
    }

    /// The keys that assigned the serial, of the issuers spelled most alike.
    private List<StatusChange.Revoke> meant(Conveyor.Item.Revocation item) {
        StatusChange.Revoke change = item.change();
        for (List<FedIssuer> group : item.namesakes()) {
            List<FedIssuer> assigned =
                    group.stream()
                            .filter(issuer -> known.apply(under(issuer, change)).isPresent())
                            .toList();
            if (!assigned.isEmpty()) {
                if (!group.equals(item.namesakes().getFirst())) {
                    tally.warn(item.place(), otherSpelling(change, assigned));
                }
                return assigned.stream().map(issuer -> change.of(under(issuer, change))).toList();
            }
        }
        return List.of(change);
    }

    private static SerialKey under(FedIssuer issuer, StatusChange.Revoke change) {
        return new SerialKey(issuer.key(), change.key().serial());
    }

    private static String otherSpelling(StatusChange.Revoke change, List<FedIssuer> assigned) {
        return "serial %s: revoked under %s, which assigned it and spells the name otherwise"
                .formatted(
                        change.key().serial(),
                        assigned.stream()
                                .map(issuer -> "issuer '" + issuer.name() + "'")
                                .collect(Collectors.joining(", ")));
    }
}
