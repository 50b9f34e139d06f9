package org.precertocsp.responder.monitor.reconcile;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.FedIssuer;

/// Walks the serials of all sources and issuers in one order, so that a serial that several of them
/// know comes up once. Holds a page of each. Not thread-safe.
final class SerialMerge {
    static final int PAGE = 1024;

    private final PriorityQueue<Cursor> cursors = new PriorityQueue<>();

    SerialMerge(List<FedIssuer> issuers, List<Ledger> ledgers) {
        for (FedIssuer issuer : issuers) {
            for (Ledger ledger : ledgers) {
                Cursor cursor = new Cursor(issuer, ledger);
                if (cursor.advance()) {
                    cursors.add(cursor);
                }
            }
        }
    }

    /// The next serial, once for each issuer that has it; empty at the end.
    List<Place> next() {
        Map<FedIssuer, Set<Source>> found = new LinkedHashMap<>();
        Cursor first = cursors.peek();
        if (first == null) {
            return List.of();
        }
        Serial serial = first.serial();
        for (Cursor next = first;
                next != null && next.serial().equals(serial);
                next = cursors.peek()) {
            cursors.remove();
            found.computeIfAbsent(next.issuer, _ -> EnumSet.noneOf(Source.class))
                    .add(next.ledger.source());
            if (next.advance()) {
                cursors.add(next);
            }
        }
        List<Place> places = new ArrayList<>();
        found.forEach((issuer, sources) -> places.add(new Place(issuer, serial, sources)));
        return places;
    }

    /// The serials of one issuer in one source.
    private static final class Cursor implements Comparable<Cursor> {
        private final FedIssuer issuer;
        private final Ledger ledger;
        private List<Serial> page = List.of();
        private int at = -1;

        Cursor(FedIssuer issuer, Ledger ledger) {
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
            Optional<Serial> last = page.isEmpty() ? Optional.empty() : Optional.of(page.getLast());
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
