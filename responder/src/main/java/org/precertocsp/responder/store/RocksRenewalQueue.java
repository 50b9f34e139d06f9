package org.precertocsp.responder.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.renewal.DueRenewal;
import org.precertocsp.responder.renewal.RenewalQueue;
import org.precertocsp.responder.renewal.RenewalResult;
import org.precertocsp.responder.status.StoreException;

/// The renewal queues, one for each issuer.
final class RocksRenewalQueue implements RenewalQueue {
    private final RocksDatabase database;
    private final IssuerNumbers issuers;
    private final RocksResponseStore responses;
    private final RenewalSchedule planned;
    private final PresignTable presign;
    private final Map<Integer, IssuerRenewalQueue> queues = new ConcurrentHashMap<>();

    RocksRenewalQueue(
            RocksDatabase database,
            IssuerNumbers issuers,
            RocksResponseStore responses,
            RenewalSchedule planned,
            PresignTable presign) {
        this.database = database;
        this.issuers = issuers;
        this.responses = responses;
        this.planned = planned;
        this.presign = presign;
    }

    @Override
    public void presign(IssuerKey issuer, PresignMode wanted) {
        PresignMode before = presign.of(issuer).presign();
        if (before == wanted) {
            return;
        }
        OptionalInt number = issuers.find(issuer);
        if (wanted == PresignMode.ALL && number.isPresent()) {
            planned.write(queue(issuer, number.getAsInt())::sweepAgain);
        }
        // Before anything is deleted: from here on changes add no rows.
        boolean sweeping = wanted == PresignMode.ALL && number.isPresent();
        presign.put(issuer, new PresignTable.Row(wanted, sweeping));
        if (wanted == PresignMode.NONE && number.isPresent()) {
            planned.write(queue(issuer, number.getAsInt())::clear);
        }
    }

    @Override
    public List<DueRenewal> due(IssuerKey issuer, Instant now, int limit) {
        OptionalInt number = issuers.find(issuer);
        if (number.isEmpty()) {
            return List.of();
        }
        IssuerRenewalQueue queue = queue(issuer, number.getAsInt());
        List<DueRenewal> due = queue.due(planned.advance(number.getAsInt(), now), limit);
        PresignTable.Row row = presign.of(issuer);
        if (due.size() < limit && row.sweeping()) {
            int before = due.size();
            boolean ended = queue.sweep(limit - before, due::add);
            if (ended && due.size() == before) {
                presign.put(issuer, new PresignTable.Row(row.presign(), false));
            }
        }
        return due;
    }

    @Override
    public List<Instant> planned(IssuerKey issuer, Instant now, int limit) {
        OptionalInt number = issuers.find(issuer);
        return number.isEmpty()
                ? List.of()
                : queue(issuer, number.getAsInt()).planned(now.getEpochSecond() + 1, limit);
    }

    @Override
    public void settle(IssuerKey issuer, List<RenewalResult> settled) {
        if (settled.isEmpty()) {
            return;
        }
        IssuerRenewalQueue queue = queue(issuer, issuers.find(issuer).orElseThrow());
        try {
            planned.write(batch -> queue.settle(batch, settled));
        } catch (StoreException e) {
            queue.forget();
            throw e;
        }
    }

    private IssuerRenewalQueue queue(IssuerKey issuer, int number) {
        return queues.computeIfAbsent(
                number, _ -> new IssuerRenewalQueue(database, responses, planned, issuer, number));
    }
}
