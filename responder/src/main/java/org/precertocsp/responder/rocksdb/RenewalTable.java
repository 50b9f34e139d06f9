package org.precertocsp.responder.rocksdb;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.answer.Presign;
import org.precertocsp.responder.freshness.DueRenewal;
import org.precertocsp.responder.freshness.RenewalStore;
import org.precertocsp.responder.freshness.Settled;
import org.precertocsp.responder.status.StoreFailure;

/// The queues of renewals, one to an issuer.
final class RenewalTable implements RenewalStore {
    private final Database database;
    private final IssuerNumbers issuers;
    private final ResponseTable responses;
    private final Planned planned;
    private final PresignRows presign;
    private final Map<Integer, IssuerQueue> queues = new ConcurrentHashMap<>();

    RenewalTable(
            Database database,
            IssuerNumbers issuers,
            ResponseTable responses,
            Planned planned,
            PresignRows presign) {
        this.database = database;
        this.issuers = issuers;
        this.responses = responses;
        this.planned = planned;
        this.presign = presign;
    }

    @Override
    public void presign(IssuerKey issuer, Presign wanted) {
        Presign before = presign.of(issuer).presign();
        if (before == wanted) {
            return;
        }
        OptionalInt number = issuers.find(issuer);
        if (wanted == Presign.ALL && number.isPresent()) {
            planned.write(queue(issuer, number.getAsInt())::sweepAgain);
        }
        // Before anything is cleared: from here on changes add no rows.
        boolean sweeping = wanted == Presign.ALL && number.isPresent();
        presign.put(issuer, new PresignRows.Row(wanted, sweeping));
        if (wanted == Presign.NONE && number.isPresent()) {
            planned.write(queue(issuer, number.getAsInt())::clear);
        }
    }

    @Override
    public List<DueRenewal> due(IssuerKey issuer, Instant now, int limit) {
        OptionalInt number = issuers.find(issuer);
        if (number.isEmpty()) {
            return List.of();
        }
        IssuerQueue queue = queue(issuer, number.getAsInt());
        List<DueRenewal> due = queue.due(planned.advance(number.getAsInt(), now), limit);
        PresignRows.Row row = presign.of(issuer);
        if (due.size() < limit && row.sweeping()) {
            int before = due.size();
            boolean ended = queue.sweep(limit - before, due::add);
            if (ended && due.size() == before) {
                presign.put(issuer, new PresignRows.Row(row.presign(), false));
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
    public void settle(IssuerKey issuer, List<Settled> settled) {
        if (settled.isEmpty()) {
            return;
        }
        IssuerQueue queue = queue(issuer, issuers.find(issuer).orElseThrow());
        try {
            planned.write(batch -> queue.settle(batch, settled));
        } catch (StoreFailure e) {
            queue.forget();
            throw e;
        }
    }

    private IssuerQueue queue(IssuerKey issuer, int number) {
        return queues.computeIfAbsent(
                number, _ -> new IssuerQueue(database, responses, planned, issuer, number));
    }
}
