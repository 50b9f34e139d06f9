package org.precertocsp.responder.answer;

import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.request.OcspRequestView;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusReader;
import org.precertocsp.responder.status.StoreException;

/// Answers that need neither disk nor key: cached answers, and that a serial is unassigned. Never
/// blocks; for event loops. Thread-safe. Returns nothing that [AnswerService] would not return.
///
/// @param <R> an answer in the form sent to clients
public final class FastAnswerLookup<R> {
    private final IssuerDirectory issuers;
    private final StatusReader statuses;
    private final MonotonicClock clock;
    private final AnswerConfig config;
    private final boolean nonceMatters;
    private final boolean unassignedIsUnauthorized;
    private final AnswerCache<R> cache;
    private final R unauthorized;
    private final UnassignedSerialListener watch;
    private final ThreadLocal<CertIdKey> pointer = ThreadLocal.withInitial(CertIdKey::pointer);

    /// @param unauthorized the answer for unassigned serials and unknown issuers
    /// @param watch receives the unassigned serials
    public FastAnswerLookup(
            AnswerContext shared,
            AnswerCache<R> cache,
            R unauthorized,
            UnassignedSerialListener watch) {
        this.watch = watch;
        this.issuers = shared.issuers();
        this.statuses = shared.statuses();
        this.clock = shared.clock();
        this.config = shared.config();
        this.nonceMatters = shared.config().nonces() == AnswerConfig.Nonces.ECHO;
        this.unassignedIsUnauthorized =
                shared.config().unassigned() == AnswerConfig.Unassigned.UNAUTHORIZED;
        this.cache = cache;
        this.unauthorized = unauthorized;
    }

    /// Null if the answer service must be called.
    ///
    /// @param epochMilli now
    public @Nullable R find(OcspRequestView query, long epochMilli) {
        if (!clock.isTrusted() || (nonceMatters && query.hasNonce())) {
            return null;
        }
        R ready = cache.ready(pointer.get().pointAt(query), epochMilli);
        if (ready != null) {
            return ready;
        }
        return isSurelyUnauthorized(query) ? unauthorized : null;
    }

    /// True if the answer will serve a single request: about several certificates, with the
    /// client's nonce, or `unknown`. May be false for some that will be `unknown`.
    public boolean isSingleUse(ResolvedRequest request) {
        return request.size() > 1
                || config.repeatsNonce(request.nonce())
                || (!unassignedIsUnauthorized
                        && request.serial(0).filter(this::isSurelyUnassigned).isPresent());
    }

    private boolean isSurelyUnassigned(SerialKey serial) {
        byte[] content = serial.serial().content().toArray();
        try {
            return statuses.isSurelyUnassigned(serial.issuer(), content, 0, content.length);
        } catch (StoreException _) {
            // The answer service encounters the same failure, and reports it.
            return false;
        }
    }

    private boolean isSurelyUnauthorized(OcspRequestView query) {
        HashAlgorithm hash = query.hash();
        if (hash == null) {
            return false;
        }
        ServedIssuer issuer =
                issuers.at(hash, query.source(), query.nameHashOffset(), query.keyHashOffset());
        if (issuer == null) {
            return true;
        }
        try {
            if (!unassignedIsUnauthorized
                    || !statuses.isSurelyUnassigned(
                            issuer.key(),
                            query.source(),
                            query.serialOffset(),
                            query.serialLength())) {
                return false;
            }
            watch.asked(issuer.key(), query.source(), query.serialOffset(), query.serialLength());
            return true;
        } catch (StoreException _) {
            // The answer service encounters the same failure, and reports it.
            return false;
        }
    }
}
