package org.precertocsp.responder.answer;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.precertocsp.ocsp.CertId;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.Nonce;
import org.precertocsp.responder.request.OcspRequest;
import org.precertocsp.responder.status.ChangeEpochs;
import org.precertocsp.responder.status.ChangeEpochs.Mark;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusRecord;

/// A decoded request whose CertIDs were looked up among the issuers served. Created once per
/// request, by [IssuerDirectory#resolve]; every layer uses it, and none looks an issuer up again.
public final class ResolvedRequest {
    private final OcspRequest query;
    private final List<Optional<SerialKey>> serials;
    private final Optional<ServedIssuer> issuer;
    private final Instant arrival;
    private @Nullable CertIdKey key;
    private @Nullable ReadAhead ahead;

    /// What the store had of a request for one CertID before it was answered.
    ///
    /// @param mark taken before all else was read
    /// @param asOf the time before that
    /// @param record empty if the serial is unassigned
    /// @param response empty if there is none, or it was not looked for
    record ReadAhead(
            Mark mark,
            MonotonicClock.TimeRange asOf,
            Optional<StatusRecord> record,
            Optional<StoredResponse> response) {}

    /// @param serials the key of each CertID's status; empty if no issuer served has its hashes
    /// @param issuer the only one in the request; empty if none is served, or there are several
    ResolvedRequest(
            OcspRequest query,
            List<Optional<SerialKey>> serials,
            Optional<ServedIssuer> issuer,
            Instant arrival) {
        this.query = query;
        this.serials = serials;
        this.issuer = issuer;
        this.arrival = arrival;
    }

    public OcspRequest query() {
        return query;
    }

    /// When it was received: deadlines count from here.
    public Instant arrival() {
        return arrival;
    }

    /// How many CertIDs there are, one at least.
    public int size() {
        return serials.size();
    }

    CertId certId(int at) {
        return query.certIds().get(at);
    }

    Optional<SerialKey> serial(int at) {
        return serials.get(at);
    }

    /// Of the first CertID, which identifies the request in metrics and traces.
    public HashAlgorithm hash() {
        return certId(0).hashAlgorithm();
    }

    Optional<Nonce> nonce() {
        return query.nonce();
    }

    /// Empty if the request cannot be answered: see [#whyNotOurs].
    Optional<ServedIssuer> issuer() {
        return issuer;
    }

    /// One response has one signer, and a signer is authorised for one issuer key only (RC-02): a
    /// request that mixes issuers we serve cannot be answered whole, and a partial answer would
    /// call assigned serials unknown.
    String whyNotOurs() {
        boolean anyOurs = serials.stream().anyMatch(Optional::isPresent);
        return anyOurs ? "one request asks about several issuers" : "no issuer of ours";
    }

    /// The cache key of the answer to a request for one CertID.
    CertIdKey key() {
        CertIdKey made = key;
        if (made == null) {
            made = CertIdKey.of(certId(0));
            key = made;
        }
        return made;
    }

    void readAhead(ReadAhead read) {
        ahead = read;
    }

    /// What was read ahead, once, and only if nothing has changed since: or null.
    @Nullable ReadAhead takeReadAhead() {
        ReadAhead taken = ahead;
        ahead = null;
        return taken != null && taken.mark().isCurrent() ? taken : null;
    }

    /// The response that answers a request for one CertID of a served issuer.
    ResponseKey responseKey() {
        CertId certId = certId(0);
        return new ResponseKey(
                serials.getFirst().orElseThrow(), certId.hashAlgorithm(), certId.parameters());
    }

    /// Of every serial that can have a status.
    List<Mark> marks(ChangeEpochs epochs) {
        List<Mark> marks = new ArrayList<>(serials.size());
        for (Optional<SerialKey> serial : serials) {
            if (serial.isPresent()) {
                marks.add(epochs.mark(serial.get()));
            }
        }
        return marks;
    }
}
