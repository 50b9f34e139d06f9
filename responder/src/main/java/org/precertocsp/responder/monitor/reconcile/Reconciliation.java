package org.precertocsp.responder.monitor.reconcile;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.status.Dossier;
import org.precertocsp.responder.status.StatusReader;

/// Compares all sources with each other and with the server's answers, serial by serial.
///
/// The server goes on loading files meanwhile, and the store is read as it was when it was opened.
/// So where the store is behind the answer, or the answer behind a file, the serial is compared
/// again at the end, with a store opened again: a difference that has gone by then was none.
public final class Reconciliation {
    // As much memory as the differences themselves; after a disaster, comparing again is pointless.
    private static final int MAX_SECOND_LOOKS = 10_000;

    private static final Set<Kind> MAY_SETTLE =
            EnumSet.of(
                    Kind.UNANSWERED,
                    Kind.NOT_IN_STORE,
                    Kind.NEVER_FED,
                    Kind.STORE_DIFFERS,
                    Kind.REVOCATION_DIFFERS);

    /// @param ledgers including the store
    /// @param askers of each issuer with a responder
    /// @param inFlight requests at once
    /// @param most differences listed one by one
    public record Plan(
            List<FedIssuer> issuers,
            List<Ledger> ledgers,
            Map<IssuerKey, Asker> askers,
            int inFlight,
            int most) {
        public Plan {
            issuers = List.copyOf(issuers);
            ledgers = List.copyOf(ledgers);
            askers = Map.copyOf(askers);
        }
    }

    /// Opens the store again.
    @FunctionalInterface
    public interface FreshStore {
        Open open();

        /// To be closed after reading.
        interface Open extends StatusReader, AutoCloseable {
            @Override
            void close();
        }
    }

    /// Receives the progress of the comparison.
    @FunctionalInterface
    public interface Progress {
        void at(long done, long all);
    }

    private record Judged(Facts facts, boolean matters, List<Difference> differences) {
        boolean maySettle() {
            return !(facts.said() instanceof Said.Failed)
                    && differences.stream().anyMatch(it -> MAY_SETTLE.contains(it.kind()));
        }
    }

    private final Plan plan;
    private final Criteria criteria;
    private final FreshStore fresh;
    private final Sum sum;
    private final List<Judged> again = new ArrayList<>();

    public Reconciliation(Plan plan, Criteria criteria, FreshStore fresh) {
        this.plan = plan;
        this.criteria = criteria;
        this.fresh = fresh;
        this.sum = new Sum(plan.most());
    }

    /// Blocks. Call once.
    ///
    /// @param unusable problems of inputs, listed before the serials
    /// @throws org.precertocsp.responder.status.StoreFailure a source cannot be read
    public Reconciled run(List<Difference> unusable, Progress progress)
            throws InterruptedException {
        sum.add(unusable);
        long all = count();
        progress.at(0, all);
        ExecutorService threads =
                Executors.newFixedThreadPool(
                        plan.inFlight(), Thread.ofPlatform().daemon().name("ask-", 0).factory());
        try {
            walk(threads, progress, all);
            compareAgain(threads);
        } finally {
            threads.shutdownNow();
            threads.close();
        }
        return sum.sum(criteria.now());
    }

    private long count() {
        SerialMerge merge = new SerialMerge(plan.issuers(), plan.ledgers());
        long places = 0;
        for (List<Place> next = merge.next(); !next.isEmpty(); next = merge.next()) {
            places += next.size();
        }
        return places;
    }

    private void walk(ExecutorService threads, Progress progress, long all)
            throws InterruptedException {
        SerialMerge merge = new SerialMerge(plan.issuers(), plan.ledgers());
        Deque<Future<Judged>> ahead = new ArrayDeque<>();
        long done = 0;
        for (List<Place> next = merge.next(); !next.isEmpty(); next = merge.next()) {
            sum.add(Reuse.of(next));
            for (Place place : next) {
                ahead.add(threads.submit(() -> judge(place, plan.ledgers())));
                if (ahead.size() >= 2 * plan.inFlight()) {
                    take(result(ahead.remove()));
                    progress.at(++done, all);
                }
            }
        }
        while (!ahead.isEmpty()) {
            take(result(ahead.remove()));
            progress.at(++done, all);
        }
    }

    private void take(Judged judged) {
        if (!judged.matters()) {
            sum.forgotten();
            return;
        }
        sum.compared();
        if (judged.facts().said() instanceof Said.NotAsked not) {
            sum.notAsked(not);
        }
        if (judged.maySettle() && again.size() < MAX_SECOND_LOOKS) {
            again.add(judged);
        } else {
            sum.add(judged.differences());
        }
    }

    private void compareAgain(ExecutorService threads) throws InterruptedException {
        if (again.isEmpty()) {
            return;
        }
        try (FreshStore.Open store = fresh.open()) {
            List<Ledger> ledgers =
                    plan.ledgers().stream()
                            .map(
                                    it ->
                                            it.source() == Source.STORE
                                                    ? new Ledger(Source.STORE, it.serials(), store)
                                                    : it)
                            .toList();
            List<Future<Judged>> results = new ArrayList<>();
            for (Judged first : again) {
                Set<Source> sources = EnumSet.copyOf(first.facts().place().sources());
                sources.add(Source.STORE);
                Place place =
                        new Place(
                                first.facts().place().issuer(),
                                first.facts().place().serial(),
                                sources);
                results.add(threads.submit(() -> judge(place, ledgers)));
            }
            for (Future<Judged> each : results) {
                sum.add(result(each).differences());
            }
        }
    }

    private Judged judge(Place place, List<Ledger> ledgers) throws InterruptedException {
        Map<Source, Dossier> dossiers = new EnumMap<>(Source.class);
        Set<Source> known = EnumSet.copyOf(place.sources());
        for (Ledger ledger : ledgers) {
            if (known.contains(ledger.source()) && ledger.source() != Source.NOTED) {
                Dossier dossier = ledger.statuses().dossier(place.key());
                if (dossier.record().isPresent()) {
                    dossiers.put(ledger.source(), dossier);
                } else {
                    known.remove(ledger.source());
                }
            }
        }
        Place now = new Place(place.issuer(), place.serial(), known);
        Facts unasked = new Facts(now, dossiers, new Said.NotAsked("not yet", false));
        if (!Comparison.matters(criteria, unasked)) {
            return new Judged(unasked, false, List.of());
        }
        Facts facts = new Facts(now, dossiers, ask(place));
        return new Judged(facts, true, Comparison.of(criteria, facts));
    }

    private Said ask(Place place) throws InterruptedException {
        Asker asker = plan.askers().get(place.issuer().key());
        return asker == null
                ? new Said.NotAsked(
                        "the configuration names no responder credential for "
                                + place.issuer().name(),
                        false)
                : asker.ask(place.serial());
    }

    private static Judged result(Future<Judged> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case InterruptedException interrupted -> throw interrupted;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }
}
