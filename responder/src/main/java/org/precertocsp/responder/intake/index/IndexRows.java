package org.precertocsp.responder.intake.index;

import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.Place;
import org.precertocsp.responder.intake.RevocationPolicy;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

import java.time.Instant;
import java.util.Optional;

/// Turns the lines of one index.txt into status changes.
final class IndexRows implements IndexFeed.Lines {
    private final IssuerKey issuer;
    private final RevocationPolicy policy;
    private final FeedSink sink;

    IndexRows(FedIssuer issuer, Instant now, FeedSink sink) {
        this.issuer = issuer.key();
        this.policy = new RevocationPolicy(issuer.profile(), now);
        this.sink = sink;
    }

    @Override
    public void line(Place.Line place, String text) {
        if (text.charAt(0) == '#') {
            return;
        }
        try {
            facts(place, IndexLine.parse(text));
        } catch (BadLine e) {
            sink.refuse(place, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void tooLong(Place.Line place) {
        sink.refuse(place, "longer than " + LineReader.MAX_LINE + " octets");
    }

    private void facts(Place.Line place, IndexLine line) {
        SerialKey key = new SerialKey(issuer, line.serial());
        StatusChange assigned =
                new StatusChange.Assign(
                        key,
                        AssignedBy.DECLARATION,
                        Optional.of(line.notAfter()),
                        Optional.empty());
        if (line.revocation().isEmpty()) {
            sink.accept(place, assigned);
        } else {
            revoked(place, assigned, line.revocation().get(), line.notAfter());
        }
    }

    private void revoked(
            Place.Line place, StatusChange assigned, Revocation claimed, Instant notAfter) {
        switch (policy.judge(claimed)) {
            case RevocationPolicy.Verdict.Refused refused -> sink.refuse(place, refused.why());
            case RevocationPolicy.Verdict.Accepted accepted -> {
                accepted.remarks().forEach(remark -> sink.warn(place, remark));
                // Assigned first, so that it is not taken for a revocation of an unknown serial.
                sink.accept(place, assigned);
                sink.accept(place, accepted.change(assigned.key(), Optional.of(notAfter)));
            }
        }
    }
}
