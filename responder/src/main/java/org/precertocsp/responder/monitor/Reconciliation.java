package org.precertocsp.responder.monitor;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.status.StatusDetails;
import org.precertocsp.responder.status.StatusReader;

/// Compares all sources with each other and with the server's answers, serial by serial.
///
/// The server goes on loading files meanwhile, and the store is read as it was when it was opened.
/// So where the store is behind the answer, or the answer behind a file, the serial is compared
/// again at the end, with a store opened again: a difference that has gone by then was none.
public final class Reconciliation {
    // As much memory as the differences themselves; after a disaster, comparing again is pointless.
    private static final int MAX_SECOND_LOOKS = 10_000;

    private static final Set<DifferenceKind> MAY_SETTLE =
            EnumSet.of(
                    DifferenceKind.UNANSWERED,
                    DifferenceKind.NOT_IN_STORE,
                    DifferenceKind.NEVER_FED,
                    DifferenceKind.STORE_DIFFERS,
                    DifferenceKind.REVOCATION_DIFFERS);

    /// @param ledgers the sources, including the store
    /// @param askers clients of the endpoint, for each issuer with a responder
    /// @param inFlight requests at once
    /// @param most differences listed one by one
    public record Plan(
            List<ConfiguredIssuer> issuers,
            List<ReconcileSource> ledgers,
            Map<IssuerKey, StatusClient> askers,
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

    private record Judged(
            SerialEvidence facts, boolean matters, List<ReconcileDifference> differences) {
        boolean maySettle() {
            return !(facts.said() instanceof EndpointAnswer.Failed)
                    && differences.stream().anyMatch(it -> MAY_SETTLE.contains(it.kind()));
        }
    }

    private final Plan plan;
    private final ReconcileCriteria criteria;
    private final FreshStore fresh;
    private final ReconcileTotals sum;
    private final List<Judged> again = new ArrayList<>();

    public Reconciliation(Plan plan, ReconcileCriteria criteria, FreshStore fresh) {
        this.plan = plan;
        this.criteria = criteria;
        this.fresh = fresh;
        this.sum = new ReconcileTotals(plan.most());
    }

    /// Blocks. Call once.
    ///
    /// @param unusable problems of inputs, listed before the serials
    /// @throws org.precertocsp.responder.status.StoreException a source cannot be read
    public ReconcileSummary run(List<ReconcileDifference> unusable, Progress progress)
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
            if (plan.askers().values().stream().anyMatch(StatusClient::isSilent)) {
                sum.endpointSilent();
            }
        } finally {
            threads.shutdownNow();
            threads.close();
        }
        return sum.sum(criteria.now());
    }

    private long count() {
        SerialMerger merge = new SerialMerger(plan.issuers(), plan.ledgers());
        long places = 0;
        for (List<LocatedSerial> next = merge.next(); !next.isEmpty(); next = merge.next()) {
            places += next.size();
        }
        return places;
    }

    private void walk(ExecutorService threads, Progress progress, long all)
            throws InterruptedException {
        SerialMerger merge = new SerialMerger(plan.issuers(), plan.ledgers());
        Deque<Future<Judged>> ahead = new ArrayDeque<>();
        long done = 0;
        for (List<LocatedSerial> next = merge.next(); !next.isEmpty(); next = merge.next()) {
            sum.add(SerialReuse.of(next));
            for (LocatedSerial place : next) {
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
        if (judged.facts().said() instanceof EndpointAnswer.NotAsked not) {
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
            List<ReconcileSource> ledgers =
                    plan.ledgers().stream()
                            .map(
                                    it ->
                                            it.source() == SourceKind.STORE
                                                    ? new ReconcileSource(
                                                            SourceKind.STORE, it.serials(), store)
                                                    : it)
                            .toList();
            List<Future<Judged>> results = new ArrayList<>();
            for (Judged first : again) {
                Set<SourceKind> sources = EnumSet.copyOf(first.facts().place().sources());
                sources.add(SourceKind.STORE);
                LocatedSerial place =
                        new LocatedSerial(
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

    private Judged judge(LocatedSerial place, List<ReconcileSource> ledgers)
            throws InterruptedException {
        Map<SourceKind, StatusDetails> dossiers = new EnumMap<>(SourceKind.class);
        Set<SourceKind> known = EnumSet.copyOf(place.sources());
        for (ReconcileSource ledger : ledgers) {
            if (known.contains(ledger.source()) && ledger.source() != SourceKind.NOTED) {
                StatusDetails dossier = ledger.statuses().dossier(place.key());
                if (dossier.record().isPresent()) {
                    dossiers.put(ledger.source(), dossier);
                } else {
                    known.remove(ledger.source());
                }
            }
        }
        LocatedSerial now = new LocatedSerial(place.issuer(), place.serial(), known);
        SerialEvidence unasked =
                new SerialEvidence(now, dossiers, new EndpointAnswer.NotAsked("not yet", false));
        if (!SerialComparison.matters(criteria, unasked)) {
            return new Judged(unasked, false, List.of());
        }
        SerialEvidence facts = new SerialEvidence(now, dossiers, ask(place));
        return new Judged(facts, true, SerialComparison.of(criteria, facts));
    }

    private EndpointAnswer ask(LocatedSerial place) throws InterruptedException {
        StatusClient asker = plan.askers().get(place.issuer().key());
        return asker == null
                ? new EndpointAnswer.NotAsked(
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

    /// Finds serials that one CA has used with two of its keys: issuer name and serial identify one
    /// certificate (RFC 5280 §4.1.2.2), whatever key signed it.
    static final class SerialReuse {
        private SerialReuse() {}

        /// @param places of one serial
        static List<ReconcileDifference> of(List<LocatedSerial> places) {
            if (places.size() < 2) {
                return List.of();
            }
            Map<ByteString, List<LocatedSerial>> byName =
                    places.stream().collect(Collectors.groupingBy(it -> it.issuer().subjectName()));
            return byName.values().stream()
                    .filter(same -> same.size() > 1)
                    .map(SerialReuse::difference)
                    .toList();
        }

        private static ReconcileDifference difference(List<LocatedSerial> same) {
            String seen =
                    same.stream()
                            .map(it -> "%s (%s)".formatted(it.issuer().name(), names(it)))
                            .collect(Collectors.joining(" and "));
            LocatedSerial first = same.getFirst();
            return new ReconcileDifference(
                    DifferenceKind.REUSED,
                    first.issuer().name(),
                    first.serial().toHex(),
                    "under the keys of " + seen);
        }

        private static String names(LocatedSerial place) {
            return place.sources().stream()
                    .map(SourceKind::toString)
                    .collect(Collectors.joining(", "));
        }
    }

    /// Totals of a comparison; keeps no more differences than requested. Used by one thread.
    static final class ReconcileTotals {
        // One for each issuer, in practice.
        private static final int MAX_REASONS = 1_000;

        private final int most;
        private final Map<DifferenceKind, Long> counts = new EnumMap<>(DifferenceKind.class);
        private final Map<String, Long> notAsked = new HashMap<>();
        private final List<ReconcileDifference> differences = new ArrayList<>();
        private long serials;
        private long forgotten;
        private boolean lost;

        ReconcileTotals(int most) {
            this.most = most;
        }

        void compared() {
            serials++;
        }

        void forgotten() {
            forgotten++;
        }

        void notAsked(EndpointAnswer.NotAsked not) {
            String why = not.why();
            lost |= not.lost();
            if (notAsked.size() < MAX_REASONS || notAsked.containsKey(why)) {
                notAsked.merge(why, 1L, Long::sum);
            }
        }

        void endpointSilent() {
            lost = true;
        }

        void add(List<ReconcileDifference> found) {
            for (ReconcileDifference each : found) {
                counts.merge(each.kind(), 1L, Long::sum);
                if (differences.size() < most) {
                    differences.add(each);
                }
            }
        }

        ReconcileSummary sum(Instant at) {
            return new ReconcileSummary(
                    at, serials, forgotten, lost, notAsked, counts, differences);
        }
    }

    /// Walks the serials of all sources and issuers in one order, so that a serial that several of
    /// them know comes up once. Holds a page of each. Not thread-safe.
    static final class SerialMerger {
        static final int PAGE = 1024;

        private final PriorityQueue<Cursor> cursors = new PriorityQueue<>();

        SerialMerger(List<ConfiguredIssuer> issuers, List<ReconcileSource> ledgers) {
            for (ConfiguredIssuer issuer : issuers) {
                for (ReconcileSource ledger : ledgers) {
                    Cursor cursor = new Cursor(issuer, ledger);
                    if (cursor.advance()) {
                        cursors.add(cursor);
                    }
                }
            }
        }

        /// The next serial, once for each issuer that has it; empty at the end.
        List<LocatedSerial> next() {
            Map<ConfiguredIssuer, Set<SourceKind>> found = new LinkedHashMap<>();
            Cursor first = cursors.peek();
            if (first == null) {
                return List.of();
            }
            Serial serial = first.serial();
            for (Cursor next = first;
                    next != null && next.serial().equals(serial);
                    next = cursors.peek()) {
                cursors.remove();
                found.computeIfAbsent(next.issuer, _ -> EnumSet.noneOf(SourceKind.class))
                        .add(next.ledger.source());
                if (next.advance()) {
                    cursors.add(next);
                }
            }
            List<LocatedSerial> places = new ArrayList<>();
            found.forEach(
                    (issuer, sources) -> places.add(new LocatedSerial(issuer, serial, sources)));
            return places;
        }

        /// The serials of one issuer in one source.
        private static final class Cursor implements Comparable<Cursor> {
            private final ConfiguredIssuer issuer;
            private final ReconcileSource ledger;
            private List<Serial> page = List.of();
            private int at = -1;

            Cursor(ConfiguredIssuer issuer, ReconcileSource ledger) {
                this.issuer = issuer;
                this.ledger = ledger;
            }

            Serial serial() {
                return page.get(at);
            }

            /// False at the end.
            boolean advance() {
                at++;
                if (at < page.size()) {
                    return true;
                }
                Optional<Serial> last =
                        page.isEmpty() ? Optional.empty() : Optional.of(page.getLast());
                page = ledger.serials().serials(issuer.key(), last, PAGE);
                at = 0;
                return !page.isEmpty();
            }

            @Override
            public int compareTo(Cursor other) {
                return serial().compareTo(other.serial());
            }
        }
    }
}
