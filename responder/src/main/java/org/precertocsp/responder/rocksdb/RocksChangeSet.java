package org.precertocsp.responder.rocksdb;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.status.ChangeOutcome;
import org.precertocsp.responder.status.ChangeRules;
import org.precertocsp.responder.status.ChangeSet;
import org.precertocsp.responder.status.CrlHead;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.FeedSource;
import org.precertocsp.responder.status.Finding;
import org.precertocsp.responder.status.Judgement;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StoreFailure;
import org.precertocsp.responder.status.TooManyChanges;

/// Changes kept as rows until they are written together, later ones judged against earlier ones.
final class RocksChangeSet implements ChangeSet {
    static final byte[] NEXT_SOURCE = "next source".getBytes(StandardCharsets.US_ASCII);

    private static final int LARGE = 50_000;

    private enum State {
        OPEN,
        /// A change went in halfway or was one too many: the set can only be closed.
        BROKEN,
        DONE
    }

    private final Database database;
    private final IssuerNumbers issuers;
    private final FeedSource source;
    private final StoreLimits limits;
    private final Runnable release;
    private final PendingRows rows;
    private final Map<IssuerNumbers.Hashes, Integer> newIssuers = new HashMap<>();

    private State state = State.OPEN;
    private int effects;
    private int sourceNumber;
    private boolean closed;

    /// @param release called once when the set is closed
    RocksChangeSet(
            Database database,
            IssuerNumbers issuers,
            FeedSource source,
            StoreLimits limits,
            Runnable release) {
        this.database = database;
        this.rows = new PendingRows(database);
        this.issuers = issuers;
        this.source = source;
        this.limits = limits;
        this.release = release;
    }

    @Override
    public ChangeOutcome apply(StatusChange change) {
        refuseUnlessOpen();
        state = State.BROKEN;
        int issuer = issuerNumber(change.key().issuer());
        SerialRows known = new SerialRows(rows, issuer, change.key());
        Judgement judgement = ChangeRules.judge(known, change);
        if (!judgement.findings().isEmpty()) {
            // Only what is kept counts: a list of any length may repeat what is known.
            if (effects == limits.maxChanges()) {
                throw new TooManyChanges(limits.maxChanges());
            }
            effects++;
            keep(known, judgement);
        }
        state = State.OPEN;
        return judgement.outcome();
    }

    private void keep(SerialRows known, Judgement judgement) {
        if (!judgement.record().equals(known.record())) {
            known.putRecord(judgement.record());
        }
        for (Finding finding : judgement.findings()) {
            switch (finding) {
                case Finding.Carried carried -> known.add(carried, sourceNumber());
                case Finding.Happened happened -> known.add(happened, sourceNumber(), effects);
                case Finding.Disputed disputed -> known.add(disputed, sourceNumber());
            }
        }
    }

    private int issuerNumber(IssuerKey issuer) {
        return issuers.find(issuer)
                .orElseGet(
                        () ->
                                newIssuers.computeIfAbsent(
                                        IssuerNumbers.Hashes.of(issuer), this::numberNewIssuer));
    }

    private int numberNewIssuer(IssuerNumbers.Hashes hashes) {
        int number = issuers.next(newIssuers.size());
        rows.put(Family.ISSUERS, hashes.toDiskKey(), Rows.number(number));
        return number;
    }

    /// The number of this set's feed, stored with the first effect. Numbers rise from set to set.
    private int sourceNumber() {
        if (sourceNumber == 0) {
            sourceNumber = database.get(Family.META, NEXT_SOURCE).map(Rows::number).orElse(1);
            if (sourceNumber < 0) {
                throw new StoreFailure("the store has taken in two thousand million files", null);
            }
            rows.put(Family.META, NEXT_SOURCE, Rows.number(sourceNumber + 1));
            rows.put(Family.SOURCES, Rows.number(sourceNumber), Rows.source(source));
        }
        return sourceNumber;
    }

    @Override
    public Optional<CrlHead> crlHead(CrlScope scope) {
        refuseUnlessOpen();
        return rows.get(Family.CRL_HEADS, headKey(scope)).map(Rows::crlHead);
    }

    @Override
    public void putCrlHead(CrlScope scope, CrlHead head) {
        refuseUnlessOpen();
        rows.put(Family.CRL_HEADS, headKey(scope), Rows.crlHead(head));
    }

    private byte[] headKey(CrlScope scope) {
        return Keys.crlHead(issuerNumber(scope.issuer()), scope.part());
    }

    @Override
    public void commit() {
        refuseUnlessOpen();
        state = State.DONE;
        if (rows.isEmpty()) {
            return;
        }
        issuers.add(newIssuers);
        try {
            rows.write();
        } catch (StoreFailure e) {
            issuers.remove(newIssuers);
            throw e;
        }
        if (effects >= LARGE) {
            database.beginFlush();
        }
    }

    private void refuseUnlessOpen() {
        database.refuseIfClosed();
        if (state != State.OPEN || closed) {
            throw new IllegalStateException(
                    state == State.BROKEN
                            ? "a change failed: the set can only be closed"
                            : "the set is committed or closed");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            release.run();
        }
    }
}
