package org.precertocsp.responder.intake.index;

import java.time.Instant;
import java.util.Optional;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedRefused;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.Place;
import org.precertocsp.responder.intake.ReasonParser;
import org.precertocsp.responder.status.AssignedBy;
import org.precertocsp.responder.status.Revocation;
import org.precertocsp.responder.status.RevocationPolicy;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;

/// Turns the lines of one index.txt into status changes.
final class IndexRows {
    /// Bytes read of a line; OpenSSL itself writes far shorter ones.
    static final int MAX_LINE = 1 << 16;

    /// Serials shorter than this are small numbers, of which many have no letter.
    private static final int LONG_SERIAL = 16;

    /// Digits of long serials, none of them a letter: one of hexadecimal in 20 million files.
    private static final int ENOUGH_DIGITS = 36;

    private final IssuerKey issuer;
    private final RevocationPolicy policy;
    private final FeedSink sink;
    private final Instant now;
    private final boolean hexSerials;
    private final ReasonParser reasons = new ReasonParser();
    private long digitsWithoutLetter;
    private boolean sawLetter;

    IndexRows(FedIssuer issuer, FeedFile file, FeedSink sink) {
        this.issuer = issuer.key();
        this.now = file.source().takenIn();
        this.policy = new RevocationPolicy(issuer.profile(), now);
        this.hexSerials = file.options().hexSerials();
        this.sink = sink;
    }

    void line(Place.Line place, String text) {
        if (text.charAt(0) == '#') {
            return;
        }
        try {
            facts(place, IndexLine.parse(text, reasons));
        } catch (BadLine e) {
            sink.refuse(place, String.valueOf(e.getMessage()));
        }
    }

    /// The fields that matter come first, so a line with an endless subject is read as far as it
    /// was held.
    void tooLong(Place.Line place, String start) {
        try {
            IndexLine line = IndexLine.parse(start, reasons);
            sink.warn(
                    place,
                    "longer than %d bytes: what follows them was not read".formatted(MAX_LINE));
            facts(place, line);
        } catch (BadLine e) {
            sink.refuse(place, "longer than " + MAX_LINE + " bytes");
        }
    }

    private void facts(Place.Line place, IndexLine line) {
        SerialKey key = new SerialKey(issuer, line.serial());
        if (!sawLetter) {
            watchLetters(line.serial());
        }
        if (line.contradiction().isPresent()) {
            sink.refuseRevocation(place, key, line.contradiction().get());
            return;
        }
        for (String remark : line.remarks()) {
            sink.warn(place, "serial " + line.serial() + ": " + remark);
        }
        StatusChange.Assign assigned =
                new StatusChange.Assign(
                        key, AssignedBy.DECLARATION, line.notAfter(), Optional.empty());
        if (line.claim().isEmpty()) {
            sink.acceptGood(place, assigned);
        } else {
            revoked(place, assigned, line.claim().get());
        }
    }

    private void revoked(Place.Line place, StatusChange.Assign assigned, IndexLine.Claim claim) {
        SerialKey key = assigned.key();
        switch (judge(claim)) {
            case RevocationPolicy.Verdict.Refused refused ->
                    sink.refuseRevocation(place, key, refused.why());
            case RevocationPolicy.Verdict.Accepted accepted -> {
                for (String remark : accepted.remarks()) {
                    sink.warn(place, "serial " + key.serial() + ": " + remark);
                }
                if (claim.at().isEmpty()) {
                    sink.warn(
                            place,
                            "serial %s: revoked as of %s, since no date is known"
                                    .formatted(key.serial(), now));
                }
                // Assigned first, so that it is not taken for a revocation of an unknown serial.
                // The rules never refuse what follows: see ChangeRules.
                sink.accept(place, assigned);
                sink.accept(place, accepted.change(key, assigned.notAfter()));
            }
        }
    }

    private RevocationPolicy.Verdict judge(IndexLine.Claim claim) {
        return claim.at().isPresent()
                ? policy.judge(
                        new Revocation(claim.at().get(), claim.reason(), claim.invalidityDate()))
                : policy.judgeUndated(claim.reason(), claim.invalidityDate());
    }

    private void watchLetters(Serial serial) {
        String digits = serial.toHex();
        if (digits.length() >= LONG_SERIAL) {
            sawLetter = digits.chars().anyMatch(c -> c >= 'a' && c <= 'f');
            digitsWithoutLetter += digits.length();
        }
    }

    /// @throws FeedRefused the serials seem to be decimal, which OpenSSL never writes
    void end() throws FeedRefused {
        if (!hexSerials && !sawLetter && digitsWithoutLetter >= ENOUGH_DIGITS) {
            throw new FeedRefused(
                    "no serial in it has a letter, so they seem decimal, but index.txt has them in"
                            + " hexadecimal: write them so, or load them with `load csv` as"
                            + " serial_decimal; if they are hexadecimal, load it with --hex-serials");
        }
    }
}
